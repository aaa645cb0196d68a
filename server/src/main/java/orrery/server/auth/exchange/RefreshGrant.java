package orrery.server.auth.exchange;

import jakarta.inject.Singleton;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.server.auth.client.Clients;
import orrery.server.auth.client.Scopes;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import org.jspecify.annotations.Nullable;

/// `grant_type=refresh_token`: each is exchanged once, for one that takes its place.
@Singleton
final class RefreshGrant {
    private final Database database;
    private final Clients clients;
    private final ClientTokens tokens;
    private final Users users;

    RefreshGrant(Database database, Clients clients, ClientTokens tokens, Users users) {
        this.database = database;
        this.clients = clients;
        this.tokens = tokens;
        this.users = users;
    }

    Issued issue(Grant grant, TokenRequest asked, @Nullable String authorization) {
        var token = TokenRequest.required("refresh_token", asked.refreshToken());
        var shown = asked.client(authorization);
        var scopes = asked.scope() == null ? null : Scopes.read(asked.scope());
        // What ends a family must be kept although the request is refused.
        return database.<Optional<Issued>>tx(grant, tx -> {
            var client = clients.authenticate(tx, shown);
            return tokens.take(tx, client, token).flatMap(
                    session -> users.byId(tx, session.userId()).filter(User::isActive)
                            .map(user -> tokens.next(
                                    tx, client, session, user, scopes, asked.narrowing())));
        }).orElseThrow(() -> new Problem.TokenRefused(Error.INVALID_GRANT,
                "the refresh token is unknown, used or too old; ask the person again").raise());
    }
}
