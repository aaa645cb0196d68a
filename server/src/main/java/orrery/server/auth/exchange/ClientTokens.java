package orrery.server.auth.exchange;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.server.auth.client.Client;
import orrery.server.auth.client.Scopes;
import orrery.server.auth.exchange.TokenRequest.Narrowing;
import orrery.server.auth.session.Session;
import orrery.server.auth.session.Sessions;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.Claims;
import orrery.server.auth.token.IdTokens;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.user.User;
import org.jspecify.annotations.Nullable;

/// Gives clients their tokens. All tokens of what a person allowed at one time are one family: they
/// carry the same session, and end with it.
@Singleton
public final class ClientTokens {
    /// How long an access token counts.
    public static final Duration LIFE = Duration.ofMinutes(15);

    /// How long a client may go on while its person is away, at most and without a word.
    private static final Duration OFFLINE = Duration.ofDays(90);
    private static final Duration IDLE = Duration.ofDays(30);

    private static final String REFRESH = "plt_rt_";

    private final ClientSessionTable table = new ClientSessionTable();
    private final RefreshTokenTable refreshTokens = new RefreshTokenTable();
    private final AccessTokens tokens;
    private final IdTokens idTokens;
    private final Sessions sessions;
    private final Narrowings narrowings;
    private final PersonClaims claims;
    private final RandomSecrets secrets;
    private final Ids ids;
    private final Clock clock;

    ClientTokens(
            AccessTokens tokens, IdTokens idTokens, Sessions sessions, Narrowings narrowings,
            PersonClaims claims, RandomSecrets secrets, Ids ids, Clock clock) {
        this.tokens = tokens;
        this.idTokens = idTokens;
        this.sessions = sessions;
        this.narrowings = narrowings;
        this.claims = claims;
        this.secrets = secrets;
        this.ids = ids;
        this.clock = clock;
    }

    /// A client's session and the first tokens of its family.
    record Begun(Session session, Issued issued) {}

    /// Begins a family.
    ///
    /// @param parent where the person is signed in
    Begun begin(
            Tx tx, Client client, Session parent, User user, Terms terms,
            @Nullable Narrowing narrowing) {
        if (!parent.countsFor(client.organizationId())) {
            throw new Problem.TokenRefused(Error.INVALID_GRANT, "the person is signed in for"
                    + " another organization only").raise();
        }
        var isAlone = terms.scopes().contains(Scopes.OFFLINE);
        var session = sessions.openBelow(tx, parent, user, client.id(), null, isAlone,
                clock.instant().plus(OFFLINE));
        table.insert(tx, new ClientSessionTable.Row(
                session.id(), client.id(), terms.withoutNonce()));
        // Signing out ends the browser's session: the ID token names that one.
        return new Begun(session, issue(tx, client, session, parent.id(), user, terms,
                terms.scopes(), narrowing));
    }

    /// The family that a refresh token continues, which from now on has another. A token that comes
    /// a second time was stolen, from whom nobody knows: its whole family ends.
    Optional<Session> take(Tx tx, Client client, String refreshToken) {
        var hash = RandomSecrets.hash(refreshToken);
        var session = refreshTokens.take(tx, hash, client.id(), clock.instant());
        if (session.isEmpty()) {
            refreshTokens.used(tx, hash, client.id()).ifPresent(id -> sessions.end(tx, id));
        }
        return session.flatMap(id -> sessions.live(tx, id));
    }

    /// The next tokens of a family.
    ///
    /// @param scopes less than what was allowed; `null` for all
    Issued next(
            Tx tx, Client client, Session session, User user, @Nullable Set<String> scopes,
            @Nullable Narrowing narrowing) {
        var terms = terms(tx, session.id()).orElseThrow();
        var asked = scopes == null ? terms.scopes() : scopes;
        if (!terms.scopes().containsAll(asked)) {
            throw new Problem.TokenRefused(
                    Error.INVALID_SCOPE, "that is more than what was allowed").raise();
        }
        sessions.seen(tx, session);
        return issue(tx, client, session, session.parentId(), user, terms, asked, narrowing);
    }

    /// What the session of a client may give tokens for.
    public Optional<Terms> terms(Tx tx, String session) {
        return table.find(tx, session).map(ClientSessionTable.Row::terms);
    }

    /// The family of a refresh token, used or not.
    Optional<String> family(Tx tx, String refreshToken) {
        return refreshToken.startsWith(REFRESH)
                ? refreshTokens.session(tx, RandomSecrets.hash(refreshToken)) : Optional.empty();
    }

    private Issued issue(
            Tx tx, Client client, Session session, @Nullable String browser, User user,
            Terms terms, Set<String> scopes, @Nullable Narrowing narrowing) {
        var access = access(tx, client, session, user, scopes, narrowing);
        String identity = null;
        if (scopes.contains(Scopes.OPENID)) {
            var more = new HashMap<String, Object>(
                    claims.inIdToken(tx, user, session.proof(), terms.idTokenClaims()));
            if (terms.nonce() != null) {
                more.put("nonce", terms.nonce());
            }
            if (browser != null) {
                more.put("sid", browser);
            }
            identity = idTokens.sign(
                    user.id(), client.id(), session.authenticatedAt(), access, more);
        }
        var now = clock.instant();
        return new Issued(access, "Bearer", Duration.between(now, end(session, now)).toSeconds(),
                client.grantTypes().contains(Client.REFRESH) ? refreshToken(tx, session) : null,
                identity, String.join(" ", inOrder(scopes)), null);
    }

    /// A client of an organization acts in that organization; our own act wherever the person does.
    private String access(
            Tx tx, Client client, Session session, User user, Set<String> scopes,
            @Nullable Narrowing narrowing) {
        var now = clock.instant();
        var more = Map.<String, Object>of("client_id", client.id(), "scp", inOrder(scopes));
        if (!scopes.contains(Scopes.API)) {
            if (narrowing != null) {
                throw new Problem.TokenRefused(Error.INVALID_SCOPE,
                        "without the scope api there is nothing to narrow").raise();
            }
            var home = user.home().requireOrganization();
            return tokens.sign(new Claims(ids.next("tok"), user.id(), Claims.Kind.USER, home,
                    Scope.organization(home), Set.of(), null, session.id(), now,
                    end(session, now), more, Claims.Use.USERINFO));
        }
        var reach = client.organizationId() == null ? sessions.within(tx, session)
                : Scope.organization(client.organizationId());
        var narrowed = narrowings.of(tx, user.id(), reach, null, narrowing);
        var tenant = narrowed.scope().organization() == null
                ? user.home().requireOrganization() : narrowed.scope().organization();
        return tokens.sign(new Claims(ids.next("tok"), user.id(), Claims.Kind.USER, tenant,
                narrowed.scope(), narrowed.roles(), null, session.id(), now, end(session, now),
                more));
    }

    /// No token outlives its session.
    private static Instant end(Session session, Instant now) {
        var end = now.plus(LIFE);
        return end.isBefore(session.expiresAt()) ? end : session.expiresAt();
    }

    private String refreshToken(Tx tx, Session session) {
        var now = clock.instant();
        var token = REFRESH + secrets.next();
        var idle = now.plus(IDLE);
        refreshTokens.sweep(tx, now);
        refreshTokens.insert(tx, RandomSecrets.hash(token), session.id(), now,
                idle.isBefore(session.expiresAt()) ? idle : session.expiresAt());
        return token;
    }

    private static List<String> inOrder(Set<String> scopes) {
        var ordered = new LinkedHashSet<>(Scopes.ALL);
        ordered.retainAll(scopes);
        return new ArrayList<>(ordered);
    }
}
