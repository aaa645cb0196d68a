package orrery.server.auth.session;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.Unauthenticated.Credential;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.events.Epochs;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.server.auth.session.Proof.Level;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.Claims;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.provider.ProviderEnd;
import orrery.server.iam.provider.Providers;
import orrery.server.iam.user.Departure;
import orrery.server.iam.user.User;
import orrery.server.tenancy.organization.Organizations;

/// Signed-in people. A session carries a cookie in browsers and access tokens elsewhere.
@Singleton
public final class Sessions implements Departure, ProviderEnd {
    /// How long a studio token counts, as its family's clients expect.
    public static final Duration TOKEN_LIFE = Duration.ofHours(24);

    /// How long a browser stays signed in.
    public static final Duration COOKIE_LIFE = Duration.ofHours(24);

    /// How long after its end a token may still be exchanged for a new one.
    private static final Duration REFRESH_WINDOW = Duration.ofDays(7);

    /// Ended sessions are kept that long, for those who ask what happened.
    private static final Duration RETENTION = Duration.ofDays(30);

    /// How long a sign-in is good enough to change how one signs in.
    private static final Duration FRESH = Duration.ofMinutes(15);

    /// More than anybody has open; the oldest are not shown.
    private static final int MOST_SHOWN = 200;
    private static final int LONGEST_AGENT = 300;

    private final SessionTable table = new SessionTable();
    private final AccessTokens tokens;
    private final Policies policies;
    private final Organizations organizations;
    private final Providers providers;
    private final Epochs epochs;
    private final Events events;
    private final Ids ids;
    private final RandomSecrets secrets;
    private final Clock clock;

    /// A session and the secret that its client shows from now on.
    ///
    /// @param secret an access token, or the value of a cookie; empty where the cookie stays
    public record Opened(Session session, String secret) {
        @Override
        public String toString() {
            return session + " and its secret";
        }
    }

    public Sessions(
            AccessTokens tokens, Policies policies, Organizations organizations,
            Providers providers, Epochs epochs, Events events, Ids ids, RandomSecrets secrets,
            Clock clock) {
        this.tokens = tokens;
        this.policies = policies;
        this.organizations = organizations;
        this.providers = providers;
        this.epochs = epochs;
        this.events = events;
        this.ids = ids;
        this.secrets = secrets;
        this.clock = clock;
    }

    /// Opens a session that carries access tokens.
    ///
    /// @param more claims that this family's clients read
    public Opened open(Tx tx, User user, Entry entry, Map<String, Object> more) {
        var now = clock.instant();
        var session = Session.own(ids.next("ses"), user.id(), entry, ids.next("tok"), now,
                now.plus(TOKEN_LIFE).plus(REFRESH_WINDOW));
        insert(tx, session, null, null);
        return new Opened(session, sign(tx, session, more));
    }

    /// Opens a session that carries a cookie: 32 random bytes, of which we keep the SHA-256.
    ///
    /// @param userAgent what the browser calls itself
    public Opened openForBrowser(
            Tx tx, User user, Entry entry, @Nullable String userAgent) {
        var cookie = secrets.next();
        var now = clock.instant();
        var session = Session.own(
                ids.next("ses"), user.id(), entry, null, now, now.plus(COOKIE_LIFE));
        insert(tx, session, RandomSecrets.hash(cookie), userAgent);
        return new Opened(session, cookie);
    }

    /// Goes on with a browser's session after its person proved once more who they are. The cookie
    /// is a new one: what somebody planted or saw before is worth nothing.
    public Opened again(Tx tx, Session session, Entry entry) {
        holdProvider(tx, entry.providerId());
        var cookie = secrets.next();
        var renewed = table.again(
                tx, session.id(), RandomSecrets.hash(cookie), entry, clock.instant());
        epochs.raise(tx, session.userId());
        return new Opened(renewed, cookie);
    }

    /// Opens the session of an OAuth client to which a person allowed something, or of an operator
    /// who acts as the person. Its tokens end with it.
    ///
    /// @param parent where the person, or the operator, is signed in
    /// @param isAlone whether it outlives that one
    public Session openBelow(
            Tx tx, Session parent, User user, @Nullable String client, @Nullable String actor,
            boolean isAlone, Instant expires) {
        var now = clock.instant();
        var home = actor == null ? parent.home() : user.home();
        var session = new Session(ids.next("ses"), user.id(), home, null, client,
                isAlone ? null : parent.id(), actor, parent.authenticatedAt(), parent.proof(), now,
                null, null, now, isAlone || expires.isBefore(parent.expiresAt())
                        ? expires : parent.expiresAt(), parent.boundTo(), parent.providerId());
        insert(tx, session, null, parent.userAgent());
        return session;
    }

    /// The live sessions of a person, the newest first.
    public List<Session> of(Tx tx, String user) {
        return table.ofUser(tx, user, clock.instant(), MOST_SHOWN);
    }

    /// Notes that a session was used.
    public void seen(Tx tx, Session session) {
        table.seen(tx, session.id(), clock.instant());
    }

    /// Ends the sessions of a client that is no longer trusted.
    public void endOfClient(Tx tx, String client) {
        ended(tx, table.endOfClient(tx, client, null, clock.instant()));
    }

    /// Ends the sessions of a client that one person no longer trusts.
    public void endOfClient(Tx tx, String client, String user) {
        ended(tx, table.endOfClient(tx, client, user, clock.instant()));
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
        var token = ids.next("tok");
        if (!table.renew(tx, session, token, now.plus(TOKEN_LIFE).plus(REFRESH_WINDOW), now)) {
            throw refused();
        }
        var renewed = live(tx, session.id()).orElseThrow(Sessions::refused);
        return new Opened(renewed, sign(tx, renewed, more));
    }

    /// Takes a session to another place. Its token is exchanged for one of there.
    ///
    /// @param more claims that this family's clients read
    Opened move(Tx tx, Session session, Scope home, Map<String, Object> more) {
        verifyFactors(tx, session.proof(), home);
        var token = session.tokenId() == null ? null : ids.next("tok");
        var moved = table.move(tx, session, home, token, clock.instant())
                .orElseThrow(Sessions::refused);
        epochs.raise(tx, session.userId());
        events.append(tx, new NewEvent("session.moved", new Subject("session", session.id()),
                Scope.organization(home.requireOrganization()),
                Map.of("userId", session.userId())));
        return new Opened(moved, token == null ? "" : sign(tx, moved, more));
    }

    /// The session, if it counts now.
    public Optional<Session> live(Tx tx, String id) {
        return table.live(tx, id, clock.instant());
    }

    /// The session of a browser's cookie, if it counts now.
    public Optional<Session> byCookie(Tx tx, String cookie) {
        return table.byCookie(tx, RandomSecrets.hash(cookie), clock.instant());
    }

    /// The caller's own session, if the person proved lately who they are, and with everything that
    /// the account asks for: what changes how one signs in needs that.
    ///
    /// @throws Problem.Failure [Problem.Refused] otherwise
    public Session fresh(Tx tx) {
        var session = own(tx);
        if (session.authenticatedAt().plus(FRESH).isBefore(clock.instant())) {
            throw new Problem.Refused("change how one signs in", "the sign-in is older than "
                    + FRESH.toMinutes() + " minutes: sign in again first").raise();
        }
        return session;
    }

    /// The caller's own session, in which nobody else acts for the person.
    ///
    /// @throws Problem.Failure [Problem.Refused] otherwise
    public Session own(Tx tx) {
        var caller = tx.grant().principal();
        return Optional.ofNullable(caller.credential())
                .filter(_ -> caller.kind() == Principal.Kind.USER).flatMap(id -> live(tx, id))
                .filter(Session::isOwn)
                .orElseThrow(() -> new Problem.Refused("look after how one signs in",
                        "only the person themself does, signed in without a client").raise());
    }

    /// Notes that the person of a session has shown more than at its sign-in.
    public void proved(Tx tx, Session session, Proof proof) {
        table.proved(tx, session.id(), proof);
    }

    /// Ends all sessions of a person but one.
    ///
    /// @param kept goes on, with those below it; `null` for none
    public void endOthers(Tx tx, String user, @Nullable String kept) {
        ended(tx, table.endOthers(tx, user, kept, clock.instant()));
    }

    /// Ends a session and those below it at once, on every server process.
    public void end(Tx tx, String id) {
        ended(tx, table.end(tx, id, clock.instant()));
    }

    private void ended(Tx tx, List<SessionTable.Ended> all) {
        all.stream().map(SessionTable.Ended::userId).distinct().sorted()
                .forEach(user -> epochs.raise(tx, user));
        all.forEach(one -> events.append(tx,
                NewEvent.of("session.ended", new Subject("session", one.id()))));
    }

    @Override
    public void suspended(Tx tx, String user, @Nullable String organization) {
        table.endAll(tx, user, organization, clock.instant());
        epochs.raise(tx, user);
    }

    @Override
    public void left(Tx tx, String user, String organization) {
        suspended(tx, user, organization);
    }

    /// Its people's credentials are looked at again since its epoch grows.
    @Override
    public void closed(Tx tx, String organization) {
        table.endOfOrganization(tx, organization, clock.instant());
    }

    /// Also those of clients that go on without the browser's.
    @Override
    public void ended(Tx tx, String provider) {
        ended(tx, table.endOfProvider(tx, provider, clock.instant()));
    }

    @Override
    public void demanding(Tx tx, String organization) {
        ended(tx, table.endSingle(tx, organization, clock.instant()));
    }

    /// Where the person's sessions count: everywhere for operators, else where they are. One that
    /// an organization's provider opened counts there, whoever it is.
    public Scope within(Tx tx, Session session) {
        return session.boundTo() == null && policies.isOperator(tx, session.userId())
                ? Scope.PLATFORM : Scope.organization(session.home().requireOrganization());
    }

    private void insert(
            Tx tx, Session session, byte @Nullable [] cookieHash, @Nullable String userAgent) {
        if (!policies.isOperator(tx, session.userId())) {
            organizations.checkActive(tx, session.home().requireOrganization(), "sign-in");
        }
        if (session.isPersons()) {
            verifyFactors(tx, session.proof(), session.home());
        }
        holdProvider(tx, session.providerId());
        table.sweep(tx, clock.instant().minus(RETENTION));
        var agent = userAgent == null || userAgent.length() <= LONGEST_AGENT ? userAgent
                : userAgent.substring(0, LONGEST_AGENT);
        table.insert(tx, session.from(tx.grant().call().address(), agent), cookieHash);
        var said = new HashMap<String, Object>(Map.of("userId", session.userId()));
        if (session.clientId() != null) {
            said.put("clientId", session.clientId());
        }
        if (session.actorId() != null) {
            said.put("actorId", session.actorId());
        }
        events.append(tx, new NewEvent("session.opened", new Subject("session", session.id()),
                Scope.organization(session.home().requireOrganization()), said));
    }

    /// Whoever signs somebody in has led them to set something up before ([Level]).
    private void verifyFactors(Tx tx, Proof proof, Scope home) {
        if (proof.level() == Level.SINGLE
                && organizations.demandsSecondFactor(tx, home.requireOrganization())) {
            throw new Problem.Refused("sign-in to the organization", "it demands a second factor:"
                    + " set one up, and sign in with it").raise();
        }
    }

    /// A session opens before its provider is disabled, and ends with that; or not at all. Asked
    /// before anything else is changed, so that nobody waits in a circle.
    ///
    /// @param provider `null` for none
    /// @throws Problem.Failure [Problem.Refused]
    public void holdProvider(Tx tx, @Nullable String provider) {
        if (provider != null) {
            providers.hold(tx, provider);
        }
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
}
