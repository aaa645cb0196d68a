package orrery.server.auth.openid;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Principal;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.server.auth.session.Session;
import orrery.server.auth.session.Sessions;
import orrery.server.surface.Cloud;

/// What one allowed which application, and how to take it back.
@Path("/v1/regions/global/auth/consents")
@RunOnVirtualThread
@On(Cloud.class)
public final class ConsentsApi {
    private final Database database;
    private final Consents consents;
    private final Sessions sessions;

    record View(String clientId, String displayName, List<String> scopes, Instant givenAt) {}

    public ConsentsApi(Database database, Consents consents, Sessions sessions) {
        this.database = database;
        this.consents = consents;
        this.sessions = sessions;
    }

    @GET
    @Own
    public Answer<List<View>> list(@Context Grant grant) {
        return Answer.ok(database.read(grant, tx -> {
            checkOwn(tx);
            return consents.of(tx, grant.principal().id()).stream()
                    .map(it -> new View(it.clientId(), it.client(), it.scopes(), it.at()))
                    .toList();
        }));
    }

    @DELETE
    @Path("/{client}")
    @Own
    public Answer<Void> withdraw(@Context Grant grant, @PathParam("client") String client) {
        database.write(grant, tx -> {
            checkOwn(tx);
            consents.withdraw(tx, grant.principal().id(), client);
        });
        return Answer.none();
    }

    /// Neither a client nor a key nor an operator decides for who they act for.
    private void checkOwn(Tx tx) {
        var caller = tx.grant().principal();
        var id = caller.kind() == Principal.Kind.USER ? caller.credential() : null;
        if (id == null || sessions.live(tx, id).filter(Session::isOwn).isEmpty()) {
            throw new Problem.Refused("look at consents",
                    "only the person themself manages them, signed in without a client").raise();
        }
    }
}
