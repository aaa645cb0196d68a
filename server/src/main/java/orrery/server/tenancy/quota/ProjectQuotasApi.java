package orrery.server.tenancy.quota;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.server.surface.Cloud;

/// The quotas of projects, as the cloud family shows them. Administrators of the organization set
/// them, within its own.
@Path("/v1/regions/global/projects/{project}/quotas")
@RunOnVirtualThread
@On(Cloud.class)
public final class ProjectQuotasApi {
    private final Quotas quotas;

    public ProjectQuotasApi(Quotas quotas) {
        this.quotas = quotas;
    }

    @GET
    @Needs(value = "org.quotas.get", in = Place.PROJECT)
    public Answer<QuotaViews.View> get(@Context Grant grant) {
        var found = quotas.get(grant);
        return Answer.ok(QuotaViews.View.of(found)).version(found.version());
    }

    @PATCH
    @Needs(value = "org.projects.quotas.update", in = Place.PROJECT)
    public Answer<QuotaViews.View> change(
            @Context Grant grant, @HeaderParam("If-Match") @Nullable String ifMatch,
            QuotaViews.Change change) {
        var changed = quotas.change(grant, change::of, IfMatch.version(ifMatch));
        return Answer.ok(QuotaViews.View.of(changed)).version(changed.version());
    }
}
