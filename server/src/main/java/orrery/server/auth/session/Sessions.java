package orrery.server.auth.session;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.Unauthenticated.Credential;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.events.Epochs;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.Claims;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.user.User;

/// Signed-in people. A session carries a cookie in browsers and access tokens elsewhere.
@Singleton
public final class Sessions {
    /// How long a studio token counts, as its family's clients expect.
    public static final Duration TOKEN_LIFE = Duration.ofHours(24);

    /// How long a browser stays signed in.
    public static final Duration COOKIE_LIFE = Duration.ofHours(24);

    /// How long after its end a token may still be exchanged for a new one.
    private static final Duration REFRESH_WINDOW = Duration.ofDays(7);

    /// Ended sessions are kept that long, for those who ask what happened.
    private static final Duration RETENTION = Duration.ofDays(30);

    private static final int COOKIE_BYTES = 32;

    private final SessionTable table = new SessionTable();
    private final AccessTokens tokens;
    private final Policies policies;
    private final Epochs epochs;
    private final Events events;
    private final Ids ids;
    private final RandomGenerator random;
    private final Clock clock;

    /// A session and the secret that its client shows from now on.
    ///
    /// @param secret an access token, or the value of a cookie
    public record Opened(Session session, String secret) {
        @Override
        public String toString() {
            return session + " and its secret";
        }
    }

    public Sessions(
            AccessTokens tokens, Policies policies, Epochs epochs, Events events, Ids ids,
            RandomGenerator random, Clock clock) {
        this.tokens = tokens;
        this.policies = policies;
        this.epochs = epochs;
        this.events = events;
        this.ids = ids;
        this.random = random;
        this.clock = clock;
    }

    /// Opens a session that carries access tokens.
    ///
    /// @param more claims that this family's clients read
    public Opened open(Tx tx, User user, Map<String, Object> more) {
        var now = clock.instant();
        var session = new Session(ids.next("ses"), user.id(), user.home(), ids.next("tok"), now,
                now.plus(TOKEN_LIFE).plus(REFRESH_WINDOW));
        insert(tx, session, null);
        return new Opened(session, sign(tx, session, more));
    }

    /// Opens a session that carries a cookie: 32 random bytes, of which we keep the SHA-256.
    public Opened openForBrowser(Tx tx, User user) {
        var value = new byte[COOKIE_BYTES];
        random.nextBytes(value);
        var cookie = Base64.getUrlEncoder().withoutPadding().encodeToString(value);
        var now = clock.instant();
        var session = new Session(
                ids.next("ses"), user.id(), user.home(), null, now, now.plus(COOKIE_LIFE));
        insert(tx, session, sha256(cookie));
        return new Opened(session, cookie);
    }

    /// The session of a token that may be exchanged for a new one, though its time may be over.
    ///
    /// @throws Problem.Failure [Problem.Unauthenticated]
    public Session refreshable(Tx tx, String token) {
        var claims = tokens.readExpired(token);
        return Optional.ofNullable(claims.session()).flatMap(id -> live(tx, id))
                .filter(found -> claims.id().equals(found.tokenId()))
                .orElseThrow(Sessions::refused);
    }

    /// Exchanges the session's token for a new one. Each is exchanged once.
    ///
    /// @throws Problem.Failure [Problem.Unauthenticated]
    public Opened refresh(Tx tx, Session session, Map<String, Object> more) {
        var now = clock.instant();
        var renewed = new Session(session.id(), session.userId(), session.home(),
                ids.next("tok"), session.createdAt(), now.plus(TOKEN_LIFE).plus(REFRESH_WINDOW));
        if (!table.renew(tx, session, renewed.tokenId(), renewed.expiresAt(), now)) {
            throw refused();
        }
        return new Opened(renewed, sign(tx, renewed, more));
    }

    /// The session, if it counts now.
    public Optional<Session> live(Tx tx, String id) {
        return table.live(tx, id, clock.instant());
    }

    /// The session of a browser's cookie, if it counts now.
    public Optional<Session> byCookie(Tx tx, String cookie) {
        return table.byCookie(tx, sha256(cookie), clock.instant());
    }

    /// Ends a session at once, on every server process.
    public void end(Tx tx, String id) {
        table.end(tx, id, clock.instant()).ifPresent(user -> {
            epochs.raise(tx, user);
            events.append(tx, NewEvent.of("session.ended", new Subject("session", id)));
        });
    }

    /// Where the person's sessions count: everywhere for operators, else where they are.
    public Scope within(Tx tx, Session session) {
        return policies.isOperator(tx, session.userId()) ? Scope.PLATFORM
                : Scope.organization(session.home().requireOrganization());
    }

    private void insert(Tx tx, Session session, byte @Nullable [] cookieHash) {
        table.sweep(tx, clock.instant().minus(RETENTION));
        table.insert(tx, session, cookieHash, tx.grant().call().address());
        events.append(tx, new NewEvent("session.opened", new Subject("session", session.id()),
                Scope.organization(session.home().requireOrganization()),
                Map.of("userId", session.userId())));
    }

    private String sign(Tx tx, Session session, Map<String, Object> more) {
        var within = within(tx, session);
        Instant now = clock.instant();
        return tokens.sign(new Claims(session.tokenId(), session.userId(), Claims.Kind.USER,
                session.home().requireOrganization(), within,
                policies.roleNames(tx, session.userId(), within), null, session.id(), now,
                now.plus(TOKEN_LIFE), more));
    }

    private static Problem.Failure refused() {
        return new Problem.Unauthenticated(
                Credential.REVOKED, "the session has ended; sign in again").raise();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
