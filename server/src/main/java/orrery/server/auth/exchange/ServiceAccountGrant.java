package orrery.server.auth.exchange;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.server.auth.client.Presented;
import orrery.server.auth.exchange.TokenRequest.Narrowing;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.Claims;
import orrery.server.iam.serviceaccount.ServiceAccounts;
import org.jspecify.annotations.Nullable;

/// `grant_type=client_credentials` (RFC 6749 4.4): for service accounts.
@Singleton
final class ServiceAccountGrant {
    static final String GRANT = "client_credentials";

    private final Database database;
    private final AccessTokens tokens;
    private final ServiceAccounts accounts;
    private final Narrowings narrowings;
    private final Ids ids;
    private final Clock clock;

    ServiceAccountGrant(
            Database database, AccessTokens tokens, ServiceAccounts accounts,
            Narrowings narrowings, Ids ids, Clock clock) {
        this.database = database;
        this.tokens = tokens;
        this.accounts = accounts;
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
        return database.tx(grant, tx -> {
            var account = accounts.bySecret(tx, proof.id(), proof.secret())
                    .orElseThrow(ServiceAccountGrant::unknown);
            accounts.used(tx, account, grant.call().address());
            var reach = narrowings.of(tx, account.id(), account.scope(), null, narrowing);
            var now = clock.instant();
            return Issued.of(tokens.sign(new Claims(ids.next("tok"), account.clientId(),
                    Claims.Kind.SERVICE_ACCOUNT, account.scope().requireOrganization(),
                    reach.scope(), reach.roles(), account.credentialId(), null, now,
                    now.plus(ClientTokens.LIFE), Map.of("client_id", account.clientId()))));
        });
    }

    private static Problem.Failure unknown() {
        return new Problem.TokenRefused(Error.INVALID_CLIENT,
                "the service account is unknown or did not prove who it is").raise();
    }
}
