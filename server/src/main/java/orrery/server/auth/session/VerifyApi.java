package orrery.server.auth.session;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import java.util.Locale;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.server.auth.token.AccessTokens;
import orrery.server.iam.policy.Policies;
import orrery.server.surface.Cloud;

/// Tells a gateway who sends a request that it holds back: 200 and headers for whom we know, 401
/// for everybody else. Revoked credentials are nobody's.
@Path("/v1/regions/edge/auth/verify")
@Produces("text/plain")
@RunOnVirtualThread
@On(Cloud.class)
public final class VerifyApi {
    private final Database database;
    private final Policies policies;

    public VerifyApi(Database database, Policies policies) {
        this.database = database;
        this.policies = policies;
    }

    @POST
    @Own
    public Answer<String> verify(@Context Grant grant) {
        var caller = grant.principal();
        var held = database.read(grant,
                tx -> policies.roleNames(tx, caller.id(), caller.within()));
        var roles = held.stream()
                .filter(role -> caller.roles() == null || caller.roles().contains(role))
                .sorted().toList();
        return Answer.document("text/plain", "")
                .header("X-Auth-Subject", caller.id())
                .header("X-Auth-Principal-Type", caller.kind().name().toLowerCase(Locale.ROOT))
                .header("X-Auth-Tenant", tenant(grant.scope()))
                .header("X-Auth-Scope", scope(caller.within()))
                .header("X-Auth-Roles", String.join(",", roles))
                .header("Cache-Control", "no-store");
    }

    private static String tenant(Scope home) {
        return home.organization() == null ? "" : home.organization();
    }

    private static String scope(Scope within) {
        var id = within.project() != null ? within.project() : within.organization();
        return AccessTokens.scopeName(within) + (id == null ? "" : ":" + id);
    }
}
