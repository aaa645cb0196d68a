package orrery.server.auth.exchange;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.auth.client.Client;
import orrery.server.auth.client.Clients;
import orrery.server.auth.session.Session;
import orrery.server.auth.session.Sessions;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import org.jspecify.annotations.Nullable;

/// Authorization codes (RFC 6749 4.1): each counts once, for a minute, for the client, the address
/// and the challenge that it was asked for with.
@Singleton
public final class AuthorizationCodes {
    static final Duration LIFE = Duration.ofSeconds(60);

    /// How long the second use of a code still ends what came of the first.
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private final AuthorizationCodeTable table = new AuthorizationCodeTable();
    private final Database database;
    private final Clients clients;
    private final ClientTokens tokens;
    private final Sessions sessions;
    private final Users users;
    private final RandomSecrets secrets;
    private final Clock clock;

    AuthorizationCodes(
            Database database, Clients clients, ClientTokens tokens, Sessions sessions,
            Users users, RandomSecrets secrets, Clock clock) {
        this.database = database;
        this.clients = clients;
        this.tokens = tokens;
        this.sessions = sessions;
        this.users = users;
        this.secrets = secrets;
        this.clock = clock;
    }

    /// What a person allowed, and to whom the code for it goes.
    ///
    /// @param challenge SHA-256 of a verifier that only the client knows; `null` where the client
    ///     proves itself otherwise
    public record Allowed(
            Client client, Session session, String redirectUri, @Nullable String challenge,
            Terms terms) {}

    /// A code for what a person allowed.
    public String issue(Tx tx, Allowed allowed) {
        var now = clock.instant();
        table.sweep(tx, now.minus(REMEMBERED));
        var code = secrets.next();
        table.insert(tx, new AuthorizationCodeTable.Row(RandomSecrets.hash(code),
                allowed.client().id(), allowed.session().userId(), allowed.session().id(),
                allowed.redirectUri(), allowed.challenge(), allowed.terms(), now, now.plus(LIFE),
                null));
        return code;
    }

    /// Exchanges a code (`grant_type=authorization_code`). A wrong attempt uses it up.
    Issued exchange(Grant grant, TokenRequest asked, @Nullable String authorization) {
        var code = TokenRequest.required("code", asked.code());
        var shown = asked.client(authorization);
        return database.<Optional<Issued>>tx(grant, tx -> {
            var client = clients.authenticate(tx, shown);
            var hash = RandomSecrets.hash(code);
            var row = table.take(tx, hash, clock.instant());
            if (row.isEmpty()) {
                table.session(tx, hash).ifPresent(id -> sessions.end(tx, id));
            }
            return row.filter(found -> found.isFor(client.id(), asked, clock.instant()))
                    .flatMap(found -> begin(tx, client, found, asked));
        }).orElseThrow(() -> new Problem.TokenRefused(Error.INVALID_GRANT,
                "the code is unknown, used or too old, or was given for something else").raise());
    }

    /// Forgets codes that were given on what a person takes back.
    public void withdraw(Tx tx, String user, String client) {
        table.useUp(tx, user, client, clock.instant());
    }

    /// Uses a code up that one of our own clients gets in this very server, which needs to know who
    /// allowed it and no token.
    ///
    /// @return the browser's session that it was given in, if it is for this client, address and
    ///     verifier, and lives
    public Optional<String> redeem(
            Grant grant, String client, String code, String redirectUri, String verifier) {
        return database.tx(grant, tx -> table.take(tx, RandomSecrets.hash(code), clock.instant())
                .filter(found -> found.isFor(client, redirectUri, verifier, clock.instant()))
                .flatMap(found -> sessions.live(tx, found.parentId())).map(Session::id));
    }

    private Optional<Issued> begin(
            Tx tx, Client client, AuthorizationCodeTable.Row code, TokenRequest asked) {
        var parent = sessions.live(tx, code.parentId());
        var user = users.byId(tx, code.userId()).filter(User::isActive);
        if (parent.isEmpty() || user.isEmpty()
                || !client.mayGet(Client.CODE, code.terms().scopes())) {
            return Optional.empty();
        }
        var begun = tokens.begin(
                tx, client, parent.get(), user.get(), code.terms(), asked.narrowing());
        table.exchanged(tx, code.hash(), begun.session().id());
        return Optional.of(begun.issued());
    }
}
