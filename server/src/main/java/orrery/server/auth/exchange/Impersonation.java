package orrery.server.auth.exchange;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.kit.access.Access;
import orrery.kit.access.Call;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.Authenticator;
import orrery.server.auth.exchange.TokenRequest.Narrowing;
import orrery.server.auth.session.Session;
import orrery.server.auth.session.Sessions;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.Claims;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import org.jspecify.annotations.Nullable;

/// Token exchange (RFC 8693): an operator acts as one of an installation's people, for a quarter of
/// an hour, with a token that says so (`act`). It ends with the operator's own session.
@Singleton
final class Impersonation {
    static final String GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
    static final String USER = "urn:orrery:params:oauth:token-type:user";
    static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

    private static final Permission IMPERSONATE = new Permission("iam.users.impersonate");

    private final Database database;
    private final Access access;
    private final Authenticator authenticator;
    private final AccessTokens tokens;
    private final Sessions sessions;
    private final Users users;
    private final Policies policies;
    private final Narrowings narrowings;
    private final Events events;
    private final Ids ids;
    private final Clock clock;

    Impersonation(
            Database database, Access access, Authenticator authenticator, AccessTokens tokens,
            Sessions sessions, Users users, Policies policies, Narrowings narrowings,
            Events events, Ids ids, Clock clock) {
        this.database = database;
        this.access = access;
        this.authenticator = authenticator;
        this.tokens = tokens;
        this.sessions = sessions;
        this.users = users;
        this.policies = policies;
        this.narrowings = narrowings;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /// A token for who an operator names.
    ///
    /// @throws Problem.Failure [Problem.TokenRefused], or what [Access#require] says
    Issued issue(Grant grant, TokenRequest asked) {
        var person = TokenRequest.required("subject_token", asked.subjectToken());
        if (!USER.equals(asked.subjectTokenType())) {
            throw invalid("subject_token_type must be " + USER + ": name the person by identifier");
        }
        if (asked.audience() != null || asked.resource() != null) {
            throw new Problem.TokenRefused(Error.INVALID_TARGET,
                    "the token is for this server: leave out audience and resource").raise();
        }
        if (asked.requestedTokenType() != null
                && !ACCESS_TOKEN.equals(asked.requestedTokenType())) {
            throw invalid("requested_token_type must be " + ACCESS_TOKEN);
        }
        var call = actor(grant, asked);
        var allowed = access.require(call, IMPERSONATE, Scope.PLATFORM);
        return database.tx(allowed, tx -> issue(tx, person, asked.narrowing()));
    }

    private Call actor(Grant grant, TokenRequest asked) {
        if (asked.actorToken() == null) {
            if (asked.actorTokenType() != null) {
                throw invalid("actor_token_type goes with an actor_token");
            }
            return grant.call();
        }
        if (!ACCESS_TOKEN.equals(asked.actorTokenType())) {
            throw invalid("actor_token_type must be " + ACCESS_TOKEN);
        }
        try {
            return authenticator.authenticate(grant.call().as(Principal.ANONYMOUS, null),
                    new Authenticator.Credentials(asked.actorToken(), Map.of()));
        } catch (Problem.Failure refusal) {
            throw refusal.problem() instanceof Problem.Unauthenticated
                    ? invalid("the actor_token does not count") : refusal;
        }
    }

    private Issued issue(Tx tx, String person, @Nullable Narrowing narrowing) {
        var operator = operator(tx);
        var user = users.byId(tx, person).filter(User::isActive)
                .filter(found -> !policies.isOperator(tx, found.id()))
                .orElseThrow(() -> invalid("subject_token names nobody, or another operator"));
        var now = clock.instant();
        var session = sessions.openBelow(tx, operator, user, null, operator.userId(), false,
                now.plus(ClientTokens.LIFE));
        var home = user.home().requireOrganization();
        var reach = narrowings.of(tx, user.id(), Scope.organization(home), null, narrowing);
        events.append(tx, new NewEvent("user.impersonated", new Subject("user", user.id()),
                Scope.organization(home),
                Map.of("actorId", operator.userId(), "sessionId", session.id())));
        var token = tokens.sign(new Claims(ids.next("tok"), user.id(), Claims.Kind.USER, home,
                reach.scope(), reach.roles(), null, session.id(), now, session.expiresAt(),
                Map.of("act", Map.of("sub", operator.userId()))));
        var life = session.expiresAt().getEpochSecond() - now.getEpochSecond();
        return new Issued(token, "Bearer", life, null, null, null, ACCESS_TOKEN);
    }

    /// Who acts must be signed in themselves: no client, no key and nobody who acts as another.
    private Session operator(Tx tx) {
        var caller = tx.grant().principal();
        return Optional.ofNullable(caller.credential())
                .filter(id -> caller.kind() == Principal.Kind.USER)
                .flatMap(id -> sessions.live(tx, id)).filter(Session::isOwn)
                .orElseThrow(() -> invalid("the operator must be signed in as a person"));
    }

    private static Problem.Failure invalid(String cause) {
        return new Problem.TokenRefused(Error.INVALID_REQUEST, cause).raise();
    }
}
