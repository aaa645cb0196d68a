package orrery.server.platform.catalogue;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.surface.Cloud;
import orrery.server.tenancy.region.Region;

/// Zones as the cloud family shows them. Everybody who is signed in may know them, as regions.
@Path("/v1/regions/{region}/zones")
@On(Cloud.class)
@RunOnVirtualThread
public final class ZonesApi {
    private final InstanceTypes types;
    private final Paging paging;

    public ZonesApi(InstanceTypes types, Paging paging) {
        this.types = types;
        this.paging = paging;
    }

    /// A zone.
    ///
    /// @param code how paths call it
    /// @param state its region's
    public record View(String code, String name, String selfLink, String region,
            Region.State state) {
        static View of(Zone zone) {
            return new View(zone.code(), zone.code(), "/v1/regions/" + zone.region() + "/zones/"
                    + zone.code(), zone.region(), zone.state());
        }
    }

    @GET
    @Own
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(paging.page(ask.orFromTheStart(), "zones of " + region,
                types.zones(grant, region), Zone::code).map(View::of));
    }

    @GET
    @Path("{zone}")
    @Own
    public Answer<View> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("zone") String zone) {
        return Answer.ok(View.of(types.zone(grant, region, zone)));
    }
}
