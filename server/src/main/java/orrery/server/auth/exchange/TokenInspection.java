package orrery.server.auth.exchange;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Epochs;
import orrery.server.auth.client.Client;
import orrery.server.auth.client.Clients;
import orrery.server.auth.client.Presented;
import orrery.server.auth.session.Sessions;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.Claims;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.auth.token.RevokedTokens;
import orrery.server.iam.apikey.ApiKeys;
import orrery.server.iam.apikey.KeySecrets;
import orrery.server.iam.serviceaccount.ServiceAccounts;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import org.jspecify.annotations.Nullable;

/// Tells what a token says (RFC 7662), and revokes it (RFC 7009): one's own, those that a client
/// was given, and those of a tenant for who may.
@Singleton
public final class TokenInspection {
    private static final Permission REVOKE = new Permission("auth.tokens.revoke");
    private static final Permission SEE = new Permission("org.organizations.get");
    private static final Permission INTROSPECT = new Permission("auth.tokens.introspect");

    /// About 1 KiB each.
    private static final int REMEMBERED = 20_000;

    private final Database database;
    private final AccessTokens tokens;
    private final RevokedTokens revoked;
    private final ClientTokens families;
    private final Clients clients;
    private final Sessions sessions;
    private final ApiKeys keys;
    private final ServiceAccounts accounts;
    private final Users users;
    private final Access access;
    private final Epochs epochs;
    private final ServiceAccountGrant accountGrant;
    private final Clock clock;
    private final Cache<String, Known> known =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    /// @param until the end of the token, or of what it was got with
    /// @param stamp the epochs of its subject and its tenant that it was found at
    private record Known(Claims claims, Instant until, long stamp) {}

    TokenInspection(
            Database database, AccessTokens tokens, RevokedTokens revoked, ClientTokens families,
            Clients clients, Sessions sessions, ApiKeys keys, ServiceAccounts accounts,
            Users users, Access access, Epochs epochs, ServiceAccountGrant accountGrant,
            Clock clock) {
        this.database = database;
        this.tokens = tokens;
        this.revoked = revoked;
        this.families = families;
        this.clients = clients;
        this.sessions = sessions;
        this.keys = keys;
        this.accounts = accounts;
        this.users = users;
        this.access = access;
        this.epochs = epochs;
        this.accountGrant = accountGrant;
        this.clock = clock;
    }

    /// What a token says, if it counts now and the caller may know: its own, or one of a tenant
    /// whose tokens it may look at. Empty for everything else, garbage included.
    Optional<Claims> introspect(Grant grant, String token) {
        return current(grant, token).filter(claims -> isOwn(grant, claims) || access.allows(
                grant.call(), INTROSPECT, Scope.organization(claims.tenant())));
    }

    /// The same for who proves it in the request itself: a client, about tokens that it was given;
    /// a service account, as if it had shown a token of its own.
    Optional<Claims> introspect(Grant grant, Presented shown, String token) {
        if (shown instanceof Presented.Secret proof
                && KeySecrets.is(KeySecrets.Kind.CLIENT, proof.secret())) {
            return introspect(access.self(accountGrant.proven(grant, proof)), token);
        }
        var client = clients.proven(grant, shown);
        return client.isPublic() ? Optional.empty()
                : current(grant, token).filter(claims -> isOf(client, claims));
    }

    /// The claims of a token that counts now, whatever it is for. What was found once is found
    /// again until the epoch of its person grows, as in the check of every request.
    public Optional<Claims> current(Grant grant, String token) {
        var key = Base64.getEncoder().encodeToString(RandomSecrets.hash(token));
        var found = known.getIfPresent(key);
        if (found == null || found.stamp() != stamp(found.claims())) {
            known.invalidate(key);
            found = authentic(token).flatMap(claims -> look(grant, claims)).orElse(null);
            if (found != null) {
                known.put(key, found);
            }
        }
        return Optional.ofNullable(found)
                .filter(one -> clock.instant().isBefore(one.until())).map(Known::claims);
    }

    /// The stamp first: what changes in between is then read again, never missed.
    private Optional<Known> look(Grant grant, Claims claims) {
        var stamp = stamp(claims);
        return database.read(grant, tx -> until(tx, claims))
                .map(until -> new Known(claims, until, stamp));
    }

    private long stamp(Claims claims) {
        return epochs.get(claims.subject()) + epochs.get(claims.tenant());
    }

    /// Revokes a token at once. Nothing happens for one that is unknown, over, or of another
    /// tenant.
    ///
    /// @throws Problem.Failure [Problem.Forbidden] for somebody else's token in a tenant whose
    ///     tokens the caller may see but not revoke
    void revoke(Grant grant, String token) {
        var claims = authentic(token).orElse(null);
        if (claims == null) {
            database.write(grant, tx -> families.family(tx, token)
                    .flatMap(id -> sessions.live(tx, id))
                    .filter(session -> session.userId().equals(grant.principal().id()))
                    .ifPresent(session -> sessions.end(tx, session.id())));
            return;
        }
        var tenant = Scope.organization(claims.tenant());
        if (!isOwn(grant, claims) && !access.allows(grant.call(), REVOKE, tenant)) {
            if (access.allows(grant.call(), SEE, tenant)) {
                throw new Problem.Forbidden(REVOKE.name(), "organization " + claims.tenant())
                        .raise();
            }
            return;
        }
        database.write(grant, tx -> revoked.add(tx, claims));
    }

    /// The same for a client: an access token that it was given, or a refresh token and with it
    /// its whole family; for a service account, as if it had shown a token of its own.
    void revoke(Grant grant, Presented shown, String token) {
        if (shown instanceof Presented.Secret proof
                && KeySecrets.is(KeySecrets.Kind.CLIENT, proof.secret())) {
            revoke(access.self(accountGrant.proven(grant, proof)), token);
            return;
        }
        database.write(grant, tx -> {
            var client = clients.authenticate(tx, shown);
            authentic(token).filter(claims -> isOf(client, claims))
                    .ifPresent(claims -> revoked.add(tx, claims));
            families.family(tx, token).flatMap(id -> sessions.live(tx, id))
                    .filter(session -> client.id().equals(session.clientId()))
                    .ifPresent(session -> sessions.end(tx, session.id()));
        });
    }

    /// Until when a token counts, as far as is known now; empty when it does not.
    private Optional<Instant> until(Tx tx, Claims claims) {
        if (revoked.contains(tx, claims.id())) {
            return Optional.empty();
        }
        var credential = claims.credential();
        var end = claims.expiresAt();
        if (claims.kind() == Claims.Kind.SERVICE_ACCOUNT) {
            return Optional.ofNullable(credential)
                    .flatMap(id -> accounts.byCredential(tx, claims.subject(), id))
                    .map(account -> first(end, account.expiresAt()));
        }
        if (users.byId(tx, claims.subject()).filter(User::isActive).isEmpty()) {
            return Optional.empty();
        }
        if (credential != null) {
            return keys.active(tx, credential).map(key -> first(end, key.expiresAt()));
        }
        return claims.session() == null ? Optional.of(end)
                : sessions.live(tx, claims.session())
                        .map(session -> first(end, session.expiresAt()));
    }

    private static Instant first(Instant one, @Nullable Instant other) {
        return other != null && other.isBefore(one) ? other : one;
    }

    private Optional<Claims> authentic(String token) {
        try {
            return Optional.of(tokens.inspect(token));
        } catch (Problem.Failure refusal) {
            return Optional.empty();
        }
    }

    private static boolean isOwn(Grant grant, Claims claims) {
        return grant.principal().id().equals(claims.subject())
                || claims.kind() == Claims.Kind.SERVICE_ACCOUNT && claims.credential() != null
                        && claims.credential().equals(grant.principal().credential());
    }

    private static boolean isOf(Client client, Claims claims) {
        return client.id().equals(claims.more().get("client_id"));
    }
}
