package orrery.server.auth.exchange;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.kit.access.Call;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.server.auth.check.CredentialCheck;
import orrery.server.auth.client.Presented;
import orrery.server.auth.exchange.Narrowings.Narrowed;
import orrery.server.auth.exchange.TokenRequest.Narrowing;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.Claims;
import orrery.server.iam.policy.Evaluator;
import org.jspecify.annotations.Nullable;

/// `grant_type=client_credentials` (RFC 6749 4.4): for service accounts.
@Singleton
final class ServiceAccountGrant {
    static final String GRANT = "client_credentials";

    private final Database database;
    private final AccessTokens tokens;
    private final CredentialCheck check;
    private final Evaluator evaluator;
    private final Narrowings narrowings;
    private final Ids ids;
    private final Clock clock;

    ServiceAccountGrant(
            Database database, AccessTokens tokens, CredentialCheck check,
            Evaluator evaluator, Narrowings narrowings, Ids ids, Clock clock) {
        this.database = database;
        this.tokens = tokens;
        this.check = check;
        this.evaluator = evaluator;
        this.narrowings = narrowings;
        this.ids = ids;
        this.clock = clock;
    }

    /// A token for a service account.
    ///
    /// @throws Problem.Failure [Problem.TokenRefused]; a secret that is wrong or expired, and an
    ///     account that is disabled, are refused alike
    Issued issue(Grant grant, Presented shown, @Nullable Narrowing narrowing) {
        if (!(shown instanceof Presented.Secret proof)) {
            throw unknown();
        }
        var principal = proven(grant, proof).principal();
        var reach = narrowing == null
                ? new Narrowed(principal.within(),
                        evaluator.roleNames(principal, principal.within()))
                : database.read(grant, tx -> narrowings.of(
                        tx, principal.id(), principal.within(), null, narrowing));
        var now = clock.instant();
        return Issued.of(tokens.sign(new Claims(ids.next("tok"), proof.id(),
                Claims.Kind.SERVICE_ACCOUNT, principal.within().requireOrganization(),
                reach.scope(), reach.roles(), principal.credential(), null, now,
                now.plus(ClientTokens.LIFE), Map.of("client_id", proof.id()))));
    }

    /// The grant's call as the service account that the secret proves.
    ///
    /// @throws Problem.Failure [Problem.TokenRefused]
    Call proven(Grant grant, Presented.Secret proof) {
        try {
            return check.asServiceAccount(grant.call(), proof.id(), proof.secret());
        } catch (Problem.Failure refused) {
            throw refused.problem() instanceof Problem.Unauthenticated ? unknown() : refused;
        }
    }

    private static Problem.Failure unknown() {
        return new Problem.TokenRefused(Error.INVALID_CLIENT,
                "the service account is unknown or did not prove who it is").raise();
    }
}
