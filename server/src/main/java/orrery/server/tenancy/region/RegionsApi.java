package orrery.server.tenancy.region;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Regions as the cloud family shows them. Everybody who is signed in may know them.
@Path("/v1/regions")
@On(Cloud.class)
@RunOnVirtualThread
public final class RegionsApi {
    private final Regions regions;
    private final Paging paging;

    public RegionsApi(Regions regions, Paging paging) {
        this.regions = regions;
        this.paging = paging;
    }

    /// A region.
    ///
    /// @param code how paths call it
    public record View(
            String code,
            String name,
            String selfLink,
            String displayName,
            Region.State state,
            @Nullable String stateReason,
            List<String> zones,
            List<String> features,
            long version,
            Instant createdAt,
            Instant updatedAt) {
        static View of(Region region) {
            return new View(region.code(), region.code(), "/v1/regions/" + region.code(),
                    region.displayName(), region.state(), region.stateReason(), region.zones(),
                    region.features(), region.version(), region.createdAt(), region.updatedAt());
        }
    }

    @GET
    @Own
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask) {
        return Answer.page(paging.page(
                ask.orFromTheStart(), "regions", regions.list(grant), Region::code).map(View::of));
    }

    @GET
    @Path("{region}")
    @Own
    public Answer<View> get(@Context Grant grant, @PathParam("region") String code) {
        var region = regions.get(grant, code);
        return Answer.ok(View.of(region)).version(region.version());
    }
}
