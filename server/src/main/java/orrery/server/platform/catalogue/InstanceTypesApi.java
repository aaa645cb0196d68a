package orrery.server.platform.catalogue;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import orrery.kit.Mistakes;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Internal;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Patch;
import orrery.kit.http.Place;
import orrery.server.platform.catalogue.InstanceType.Description;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Instance types as the cloud family shows them. Everybody may look, operators write.
@Path("/v1/regions/{region}/zones/{zone}/instance-types")
@On(Cloud.class)
@RunOnVirtualThread
public final class InstanceTypesApi {
    private final InstanceTypes types;

    public InstanceTypesApi(InstanceTypes types) {
        this.types = types;
    }

    /// GPUs of one type.
    record Gpu(String type, int count) {}

    /// An instance type.
    ///
    /// @param code how paths and bodies call it
    /// @param gpu `null` without
    /// @param zones where it is offered
    public record View(
            String code,
            String name,
            String selfLink,
            String displayName,
            String region,
            InstanceType.Kind kind,
            int cpuCores,
            int ramGb,
            @Nullable Gpu gpu,
            int diskGb,
            List<String> zones,
            OfferState state,
            long version,
            Instant createdAt,
            Instant updatedAt) {
        static View of(InstanceType it, String zone) {
            return new View(it.code(), it.code(), "/v1/regions/" + it.region() + "/zones/" + zone
                    + "/instance-types/" + it.code(), it.displayName(), it.region(), it.kind(),
                    it.cpuCores(), it.ramGb(),
                    it.gpuType() == null ? null : new Gpu(it.gpuType(), it.gpuCount()),
                    it.diskGb(), it.zones(), it.state(), it.version(), it.createdAt(),
                    it.updatedAt());
        }
    }

    /// The body of a POST.
    ///
    /// @param zones further ones where it is offered
    public record New(
            String code,
            String displayName,
            InstanceType.Kind kind,
            int cpuCores,
            int ramGb,
            @Nullable Gpu gpu,
            int diskGb,
            @Nullable List<String> zones) {
        public New {
            zones = zones == null ? List.of() : zones;
            description(code, displayName, kind, cpuCores, ramGb, gpu, diskGb, zones);
        }

        Description description() {
            return description(code, displayName, kind, cpuCores, ramGb, gpu, diskGb, zones);
        }

        private static Description description(String code, String displayName,
                InstanceType.Kind kind, int cpuCores, int ramGb, @Nullable Gpu gpu, int diskGb,
                @Nullable List<String> zones) {
            return new Description(code, displayName, kind, cpuCores, ramGb,
                    gpu == null ? null : gpu.type(), gpu == null ? 0 : gpu.count(), diskGb,
                    zones == null ? List.of() : zones, OfferState.ACTIVE);
        }
    }

    /// The body of a PATCH. What is absent stays; code and kind never change.
    public record Change(
            @Nullable String displayName,
            @Nullable Integer cpuCores,
            @Nullable Integer ramGb,
            Patch<Gpu> gpu,
            @Nullable Integer diskGb,
            @Nullable List<String> zones,
            @Nullable OfferState state) {
        public Change {
            var mistakes = new Mistakes().unless(displayName != null || cpuCores != null
                    || ramGb != null || !gpu.isAbsent() || diskGb != null || zones != null
                    || state != null, "body", "must change displayName, cpuCores, ramGb, gpu,"
                            + " diskGb, zones or state");
            Rules.checkText(mistakes, "displayName", displayName);
            Description.check(mistakes, cpuCores, ramGb, diskGb);
            mistakes.orRefuse();
        }

        Description of(Description old) {
            var had = old.gpuType() == null ? null : new Gpu(old.gpuType(), old.gpuCount());
            var has = gpu.or(had);
            return new Description(old.code(),
                    displayName == null ? old.displayName() : displayName,
                    old.kind(), cpuCores == null ? old.cpuCores() : cpuCores,
                    ramGb == null ? old.ramGb() : ramGb, has == null ? null : has.type(),
                    has == null ? 0 : has.count(), diskGb == null ? old.diskGb() : diskGb,
                    zones == null ? old.zones() : zones, state == null ? old.state() : state);
        }
    }

    @GET
    @Own
    @Page.Of(InstanceTypeTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region, @PathParam("zone") String zone) {
        return Answer.page(types.list(grant, region, zone, ask.orFromTheStart())
                .map(it -> View.of(it, zone)));
    }

    @GET
    @Path("{type}")
    @Own
    public Answer<View> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("zone") String zone, @PathParam("type") String type) {
        var found = types.get(grant, region, zone, type);
        return Answer.ok(View.of(found, zone)).version(found.version());
    }

    @POST
    @Internal
    @Needs(value = "platform.instancetypes.create", in = Place.PLATFORM)
    public Answer<View> create(@Context Grant grant, @PathParam("region") String region,
            @PathParam("zone") String zone, New body) {
        var made = types.create(grant, region, zone, body.description());
        var view = View.of(made, zone);
        return Answer.created(view, view.selfLink()).version(view.version());
    }

    @PATCH
    @Path("{type}")
    @Internal
    @Needs(value = "platform.instancetypes.update", in = Place.PLATFORM)
    public Answer<View> change(@Context Grant grant, @PathParam("region") String region,
            @PathParam("zone") String zone, @PathParam("type") String type,
            @HeaderParam("If-Match") @Nullable String expected, Change body) {
        var changed = types.change(
                grant, region, zone, type, body::of, IfMatch.version(expected));
        return Answer.ok(View.of(changed, zone)).version(changed.version());
    }

    @DELETE
    @Path("{type}")
    @Internal
    @Needs(value = "platform.instancetypes.delete", in = Place.PLATFORM)
    public Answer<Void> delete(@Context Grant grant, @PathParam("region") String region,
            @PathParam("zone") String zone, @PathParam("type") String type,
            @HeaderParam("If-Match") @Nullable String expected) {
        types.delete(grant, region, zone, type, IfMatch.version(expected));
        return Answer.none();
    }
}
