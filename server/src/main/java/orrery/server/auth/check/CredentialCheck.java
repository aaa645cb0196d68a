package orrery.server.auth.check;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import orrery.kit.Problem;
import orrery.kit.Problem.Unauthenticated.Credential;
import orrery.kit.access.Access;
import orrery.kit.access.Call;
import orrery.kit.access.Grant;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.access.TokenScopes;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Epochs;
import orrery.kit.http.Authenticator;
import orrery.server.auth.personaltoken.PersonalToken;
import orrery.server.auth.personaltoken.PersonalTokens;
import orrery.server.auth.session.Session;
import orrery.server.auth.session.SessionCookie;
import orrery.server.auth.session.Sessions;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.Claims;
import orrery.server.auth.token.RevokedTokens;
import orrery.server.iam.apikey.ApiKey;
import orrery.server.iam.apikey.ApiKeys;
import orrery.server.iam.apikey.KeySecrets;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.serviceaccount.ServiceAccounts;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import org.jspecify.annotations.Nullable;

/// Proves who calls, by an access token, an API key, a personal token or a browser's cookie.
///
/// What was proven once is remembered under the credential's SHA-256 until it expires. It is looked
/// up again as soon as the epoch of its user grows: whoever ends a session, changes a key, revokes
/// a token or suspends a person raises it.
@Singleton
public final class CredentialCheck implements Authenticator {
    /// About 500 bytes each.
    private static final int REMEMBERED = 20_000;
    private static final int LONGEST_COOKIE = 100;

    /// After that, the last use of a key is noted again.
    private static final Duration PROVEN_FOR = Duration.ofMinutes(1);

    private final Database database;
    private final AccessTokens tokens;
    private final RevokedTokens revoked;
    private final Sessions sessions;
    private final ApiKeys keys;
    private final ServiceAccounts accounts;
    private final PersonalTokens personal;
    private final Policies policies;
    private final Users users;
    private final Epochs epochs;
    private final Clock clock;
    private final Grant system;
    private final Cache<String, Proven> cache =
            Caffeine.newBuilder().maximumSize(REMEMBERED).expireAfterWrite(PROVEN_FOR).build();

    /// @param names the epochs of the user, or of the service account and its client; and of the
    ///     organization that it was got for, which may be suspended
    /// @param stamp the sum of them that it was proven at
    private record Proven(Principal principal, Scope home, @Nullable Instant expiresAt,
            List<String> names, long stamp) {
        Proven(Principal principal, Scope home, @Nullable Instant expiresAt) {
            this(principal, home, expiresAt, List.of(), 0);
        }
    }

    public CredentialCheck(
            Database database, AccessTokens tokens, RevokedTokens revoked, Sessions sessions,
            ApiKeys keys, ServiceAccounts accounts, PersonalTokens personal, Policies policies,
            Users users, Epochs epochs, Access access, Clock clock) {
        this.database = database;
        this.tokens = tokens;
        this.revoked = revoked;
        this.sessions = sessions;
        this.keys = keys;
        this.accounts = accounts;
        this.personal = personal;
        this.policies = policies;
        this.users = users;
        this.epochs = epochs;
        this.clock = clock;
        this.system = access.system("sign-in");
    }

    @Override
    public Call authenticate(Call call, Credentials credentials) {
        var cookie = credentials.cookies().get(SessionCookie.NAME);
        if (credentials.bearer() != null) {
            var bearer = credentials.bearer();
            return remembered(call, bearer,
                    PersonalTokens.is(bearer) ? secret -> byPersonalToken(call, secret)
                            : KeySecrets.is(KeySecrets.Kind.API_KEY, bearer)
                            ? secret -> byKey(call, secret) : this::byToken);
        }
        return cookie == null ? call : remembered(call, cookie, this::byCookie);
    }

    /// The same call as the service account that its client's identifier and secret prove.
    ///
    /// @throws Problem.Failure [Problem.Unauthenticated] when they do not, or it does not count now
    public Call asServiceAccount(Call call, String clientId, String secret) {
        return remembered(call, clientId + " " + secret,
                both -> bySecret(call, clientId, secret));
    }

    private Call remembered(Call call, String secret, Function<String, Proven> prove) {
        var digest = sha256(secret);
        var found = cache.getIfPresent(digest);
        if (found == null || isOver(found) || found.stamp() != stamp(found.names())) {
            cache.invalidate(digest);
            found = prove.apply(secret);
            cache.put(digest, found);
        }
        return call.as(found.principal(), found.home());
    }

    private boolean isOver(Proven found) {
        return found.expiresAt() != null && !clock.instant().isBefore(found.expiresAt());
    }

    private Proven byToken(String token) {
        var claims = tokens.read(token);
        if (claims.kind() == Claims.Kind.SERVICE_ACCOUNT) {
            return byClient(claims);
        }
        return stamped(List.of(claims.subject(), claims.tenant()), tx -> {
            var user = user(tx, claims.subject());
            if (user.isEmpty() || revoked.contains(tx, claims.id())) {
                return Optional.empty();
            }
            return switch (claims.kind()) {
                case USER -> Optional.ofNullable(claims.session())
                        .flatMap(id -> sessions.live(tx, id))
                        .filter(session -> isThere(session, claims))
                        .map(session -> new Proven(new Principal(Principal.Kind.USER,
                                claims.subject(), session.id(), claims.scope(),
                                session.isPersons() ? null : claims.roles()),
                                session.home(), first(claims, session.expiresAt())));
                case API_KEY -> Optional.ofNullable(claims.credential())
                        .flatMap(id -> keys.active(tx, id))
                        .map(key -> of(claims, key, user.get()));
                case SERVICE_ACCOUNT -> Optional.empty();
            };
        });
    }

    /// A session that went to another organization left its old tokens behind.
    private static boolean isThere(Session session, Claims claims) {
        return !session.isPersons()
                || claims.tenant().equals(session.home().organization());
    }

    private Proven byClient(Claims claims) {
        var credential = claims.credential() == null ? "" : claims.credential();
        var account = database.read(system,
                        tx -> accounts.byCredential(tx, claims.subject(), credential))
                .orElseThrow(() -> refused(Credential.REVOKED, "the credential was revoked"));
        return stamped(List.of(account.id(), account.clientId(), claims.tenant()), tx ->
                revoked.contains(tx, claims.id()) ? Optional.empty()
                        : accounts.byCredential(tx, claims.subject(), credential)
                                .filter(still -> still.scope().contains(claims.scope()))
                                .map(still -> new Proven(new Principal(
                                        Principal.Kind.SERVICE_ACCOUNT, still.id(), credential,
                                        claims.scope(), claims.roles()),
                                        claims.scope(), first(claims, still.expiresAt()))));
    }

    private static Proven of(Claims claims, ApiKey key, User user) {
        // The key may have been narrowed since the token was made.
        var roles = key.roles() == null ? claims.roles() : both(claims.roles(), key.roles());
        var within = claims.scope();
        return new Proven(
                new Principal(Principal.Kind.API_KEY, user.id(), key.id(), within, roles),
                home(user, within), first(claims, key.expiresAt()));
    }

    /// A token ends with what it was got with.
    private static Instant first(Claims claims, @Nullable Instant credential) {
        return credential != null && credential.isBefore(claims.expiresAt())
                ? credential : claims.expiresAt();
    }

    private Proven byKey(Call call, String secret) {
        var key = database.read(system, tx -> keys.bySecret(tx, secret))
                .orElseThrow(() -> refused(Credential.INVALID, "the API key does not count"));
        database.write(system, tx -> keys.used(tx, key, call.address()));
        var organization = key.scope().organization();
        return stamped(organization == null ? List.of(key.userId())
                : List.of(key.userId(), organization), tx -> keys.bySecret(tx, secret).flatMap(
                still -> user(tx, still.userId()).map(user -> new Proven(
                        new Principal(Principal.Kind.API_KEY, user.id(), still.id(),
                                still.scope(), still.roles()),
                        home(user, still.scope()), still.expiresAt()))));
    }

    private Proven byPersonalToken(Call call, String secret) {
        var token = database.read(system, tx -> personal.bySecret(tx, secret))
                .orElseThrow(() -> refused(Credential.INVALID, "the token does not count"));
        database.write(system, tx -> personal.used(tx, token, call.address()));
        return stamped(List.of(token.userId(), token.home().requireOrganization()),
                tx -> personal.bySecret(tx, secret).flatMap(still ->
                        user(tx, still.userId()).map(user -> of(tx, still, user))));
    }

    private Proven of(Tx tx, PersonalToken token, User user) {
        var within = !token.isBound() && policies.isOperator(tx, user.id()) ? Scope.PLATFORM
                : Scope.organization(token.home().requireOrganization());
        return new Proven(new Principal(Principal.Kind.API_KEY, user.id(), token.id(), within, null,
                new TokenScopes(Set.copyOf(token.scopes()), user.username())),
                token.home(), token.expiresAt());
    }

    private Proven bySecret(Call call, String clientId, String secret) {
        var account = database.read(system, tx -> accounts.bySecret(tx, clientId, secret))
                .orElseThrow(() -> refused(Credential.INVALID, "the secret does not count"));
        database.write(system, tx -> accounts.used(tx, account, call.address()));
        return stamped(List.of(account.id(), clientId, account.scope().requireOrganization()), tx ->
                accounts.bySecret(tx, clientId, secret).map(still -> new Proven(
                        new Principal(Principal.Kind.SERVICE_ACCOUNT, still.id(),
                                still.credentialId(), still.scope(), null),
                        still.scope(), still.expiresAt())));
    }

    private Proven byCookie(String cookie) {
        if (cookie.length() > LONGEST_COOKIE) {
            throw refused(Credential.INVALID, "the session cookie is none of ours");
        }
        var session = database.read(system, tx -> sessions.byCookie(tx, cookie))
                .orElseThrow(() -> refused(Credential.EXPIRED, "the session has ended"));
        return stamped(List.of(session.userId(), session.home().requireOrganization()),
                tx -> sessions.live(tx, session.id()).flatMap(
                still -> user(tx, still.userId()).map(user -> new Proven(
                        new Principal(Principal.Kind.USER, user.id(), still.id(),
                                sessions.within(tx, still), null),
                        still.home(), still.expiresAt()))));
    }

    /// Reads after the stamp was taken: what changes in between is then read again, never missed.
    private Proven stamped(List<String> names, Function<Tx, Optional<Proven>> read) {
        var stamp = stamp(names);
        var found = database.read(system, read::apply)
                .orElseThrow(() -> refused(Credential.REVOKED, "the credential was revoked"));
        return new Proven(
                found.principal(), found.home(), found.expiresAt(), names, stamp);
    }

    private long stamp(List<String> names) {
        // An operator's session reaches further: it depends on the platform's policies too.
        return names.stream().mapToLong(epochs::get).sum() + epochs.get("platform");
    }

    private Optional<User> user(Tx tx, String id) {
        return users.byId(tx, id).filter(User::isActive);
    }

    /// Where a key's caller lives on surfaces that have no word for it: in the key's project, else
    /// at the user's own home if the key reaches it.
    private static Scope home(User user, Scope within) {
        return within.project() != null || !within.contains(user.home()) ? within : user.home();
    }

    private static Set<String> both(Set<String> one, Set<String> other) {
        return one.stream().filter(other::contains)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Problem.Failure refused(Credential credential, String cause) {
        return new Problem.Unauthenticated(credential, cause).raise();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
