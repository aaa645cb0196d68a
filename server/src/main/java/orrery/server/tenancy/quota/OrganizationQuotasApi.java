package orrery.server.tenancy.quota;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.kit.http.Places;
import orrery.server.surface.Cloud;

/// The quotas of organizations, as the cloud family shows them. Operators set them.
@Path("/v1/regions/global/organizations/{organization}/quotas")
@RunOnVirtualThread
@On(Cloud.class)
public final class OrganizationQuotasApi {
    private static final Permission UPDATE = new Permission("org.quotas.update");

    private final Quotas quotas;
    private final Access access;
    private final Places places;

    public OrganizationQuotasApi(Quotas quotas, Access access, Places places) {
        this.quotas = quotas;
        this.access = access;
        this.places = places;
    }

    @GET
    @Needs(value = "org.quotas.get", in = Place.ORGANIZATION)
    public Answer<QuotaViews.View> get(@Context Grant grant) {
        var found = quotas.get(grant);
        return Answer.ok(QuotaViews.View.of(found)).version(found.version());
    }

    /// The permission counts on the platform alone: no organization sets its own limits.
    @PATCH
    @Needs(value = "org.quotas.update", in = Place.PLATFORM)
    public Answer<QuotaViews.View> change(
            @Context Grant grant, @PathParam("organization") String organization,
            @HeaderParam("If-Match") @Nullable String ifMatch, QuotaViews.Change change) {
        var there = access.require(grant.call(), UPDATE, places.find(grant.call(),
                Place.ORGANIZATION, Map.of("organization", organization)));
        var changed = quotas.change(there, change::of, IfMatch.version(ifMatch));
        return Answer.ok(QuotaViews.View.of(changed)).version(changed.version());
    }
}
