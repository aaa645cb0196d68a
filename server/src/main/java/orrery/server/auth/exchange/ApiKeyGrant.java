package orrery.server.auth.exchange;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.server.auth.exchange.TokenRequest.Narrowing;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.Claims;
import orrery.server.iam.apikey.ApiKeys;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import org.jspecify.annotations.Nullable;

/// `grant_type=api_key`.
@Singleton
final class ApiKeyGrant {
    private final Database database;
    private final AccessTokens tokens;
    private final ApiKeys keys;
    private final Users users;
    private final Narrowings narrowings;
    private final Ids ids;
    private final Clock clock;

    ApiKeyGrant(
            Database database, AccessTokens tokens, ApiKeys keys, Users users,
            Narrowings narrowings, Ids ids, Clock clock) {
        this.database = database;
        this.tokens = tokens;
        this.keys = keys;
        this.users = users;
        this.narrowings = narrowings;
        this.ids = ids;
        this.clock = clock;
    }

    /// A token for an API key.
    ///
    /// @throws Problem.Failure [Problem.TokenRefused]; a key that is wrong, disabled, expired or of
    ///     a suspended user is refused alike
    Issued issue(Grant grant, String secret, @Nullable Narrowing narrowing) {
        return database.tx(grant, tx -> {
            var key = keys.bySecret(tx, secret).orElseThrow(ApiKeyGrant::wrongKey);
            var user = users.byId(tx, key.userId()).filter(User::isActive)
                    .orElseThrow(ApiKeyGrant::wrongKey);
            keys.used(tx, key, grant.call().address());
            var reach = narrowings.of(tx, user.id(), key.scope(), key.roles(), narrowing);
            var tenant = reach.scope().organization() == null
                    ? user.home().requireOrganization() : reach.scope().organization();
            var now = clock.instant();
            return Issued.of(tokens.sign(new Claims(ids.next("tok"), user.id(),
                    Claims.Kind.API_KEY, tenant, reach.scope(), reach.roles(), key.id(), null,
                    now, now.plus(ClientTokens.LIFE), Map.of("client_id", key.id()))));
        });
    }

    private static Problem.Failure wrongKey() {
        return new Problem.TokenRefused(Error.INVALID_CLIENT, "the API key does not count").raise();
    }
}
