package orrery.server.operations.capacity;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Internal;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.kit.http.Query;
import orrery.server.surface.Cloud;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// What all regions together have, as the cloud family shows it to operators.
@Path("/v1/regions/{region:global}/infrastructure")
@On(Cloud.class)
@Internal
@RunOnVirtualThread
public final class InventoryApi {
    private final Capacities capacities;

    public InventoryApi(Capacities capacities) {
        this.capacities = capacities;
    }

    @GET
    @Needs(value = "infrastructure.capacity.get", in = Place.PLATFORM)
    public Answer<CapacityApi.View> get(@Context Grant grant, @Context Query query,
            @QueryParam("type") @Nullable String type,
            @QueryParam("gpuModel") @Nullable String gpuModel) {
        return Answer.ok(CapacityApi.View.of(Regions.GLOBAL,
                capacities.get(grant, Regions.GLOBAL,
                        CapacityApi.asked(query, type, gpuModel))));
    }

    @GET
    @Path("changes")
    @Needs(value = "infrastructure.capacity.get", in = Place.PLATFORM)
    public Answer<CapacityApi.Changes> changes(
            @Context Grant grant, @QueryParam("watermark") @Nullable String watermark) {
        return Answer.ok(CapacityApi.Changes.of(Regions.GLOBAL, capacities.changes(
                grant, Regions.GLOBAL, CapacityApi.since(watermark))));
    }
}
