package orrery.server.auth.federation;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.server.iam.provider.Providers;
import orrery.server.surface.Cloud;

/// The ways of one's own to sign in at other providers.
@Path("/v1/regions/global/auth/identities")
@RunOnVirtualThread
@On(Cloud.class)
public final class IdentitiesApi {
    private final Identities identities;
    private final Federation federation;
    private final Providers providers;
    private final Database database;

    /// @param organizationId whose provider it is; `null` for the installation's
    record View(
            String id,
            @Nullable String providerId,
            @Nullable String organizationId,
            String issuer,
            String subject,
            @Nullable String email,
            boolean emailVerified,
            Instant createdAt,
            Instant lastUsedAt) {
        static View of(Identity it) {
            return new View(it.id(), it.providerId(), it.realm().isEmpty() ? null : it.realm(),
                    it.issuer(), it.subject(), it.email(), it.emailVerified(), it.createdAt(),
                    it.lastUsedAt());
        }
    }

    /// @param provider identifier, or the name of one of the installation's
    record New(String provider) {}

    /// @param authorizationUrl where to send the browser that this was asked from
    record Begun(String authorizationUrl) {}

    public IdentitiesApi(
            Identities identities, Federation federation, Providers providers,
            Database database) {
        this.identities = identities;
        this.federation = federation;
        this.providers = providers;
        this.database = database;
    }

    @GET
    @Own
    public Answer<List<View>> list(@Context Grant grant) {
        return Answer.ok(identities.list(grant).stream().map(View::of).toList());
    }

    /// Begins to link one. The browser goes there with the cookie that this sets, and comes back.
    @POST
    @Own
    public Answer<Begun> link(@Context Grant grant, New asked) {
        var provider = database.read(grant, tx -> providers.named(tx, asked.provider()))
                .orElseThrow(() -> new Problem.NotFound("provider", asked.provider()).raise());
        var begun = federation.beginLink(grant, provider);
        return Answer.ok(new Begun(begun.location().toString())).cookie(begun.cookie())
                .header("Cache-Control", "no-store");
    }

    @DELETE
    @Path("/{identity}")
    @Own
    public Answer<Void> remove(@Context Grant grant, @PathParam("identity") String id) {
        identities.remove(grant, id);
        return Answer.none();
    }
}
