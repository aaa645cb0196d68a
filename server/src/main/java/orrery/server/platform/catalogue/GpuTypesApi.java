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
import orrery.kit.http.Place;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Types of GPUs as the cloud family shows them. Everybody may look, operators write.
@Path("/v1/regions/{region}/gpu-types")
@On(Cloud.class)
@RunOnVirtualThread
public final class GpuTypesApi {
    private final GpuTypes gpuTypes;

    public GpuTypesApi(GpuTypes gpuTypes) {
        this.gpuTypes = gpuTypes;
    }

    /// A model of GPUs.
    ///
    /// @param code how paths and bodies call it
    public record View(
            String code,
            String name,
            String selfLink,
            String region,
            String displayName,
            String vendor,
            int memoryGb,
            String deviceName,
            OfferState state,
            long version,
            Instant createdAt,
            Instant updatedAt) {
        static View of(GpuType it) {
            return new View(it.code(), it.code(), "/v1/regions/" + it.region() + "/gpu-types/"
                    + it.code(), it.region(), it.displayName(), it.vendor(), it.memoryGb(),
                    it.deviceName(), it.state(), it.version(), it.createdAt(),
                    it.updatedAt());
        }
    }

    /// The body of a POST.
    public record New(
            String code,
            String displayName,
            String vendor,
            int memoryGb,
            String deviceName) {
        public New {
            new GpuType.Description(code, displayName, vendor, memoryGb, deviceName,
                    OfferState.ACTIVE);
        }

        GpuType.Description description() {
            return new GpuType.Description(code, displayName, vendor, memoryGb, deviceName,
                    OfferState.ACTIVE);
        }
    }

    /// The body of a PATCH. What is absent stays; the code never changes.
    public record Change(
            @Nullable String displayName,
            @Nullable String vendor,
            @Nullable Integer memoryGb,
            @Nullable String deviceName,
            @Nullable OfferState state) {
        public Change {
            var mistakes = new Mistakes().unless(displayName != null || vendor != null
                    || memoryGb != null || deviceName != null || state != null, "body",
                    "must change displayName, vendor, memoryGb, deviceName or state");
            GpuType.Description.check(mistakes, displayName, vendor, memoryGb, deviceName);
            mistakes.orRefuse();
        }

        GpuType.Description of(GpuType.Description old) {
            return new GpuType.Description(old.code(),
                    displayName == null ? old.displayName() : displayName,
                    vendor == null ? old.vendor() : vendor,
                    memoryGb == null ? old.memoryGb() : memoryGb,
                    deviceName == null ? old.deviceName() : deviceName,
                    state == null ? old.state() : state);
        }
    }

    @GET
    @Own
    @Page.Of(GpuTypeTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(
                gpuTypes.list(grant, region, ask.orFromTheStart()).map(View::of));
    }

    @GET
    @Path("{type}")
    @Own
    public Answer<View> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("type") String code) {
        var found = gpuTypes.get(grant, region, code);
        return Answer.ok(View.of(found)).version(found.version());
    }

    @POST
    @Internal
    @Needs(value = "platform.gputypes.create", in = Place.PLATFORM)
    public Answer<View> create(
            @Context Grant grant, @PathParam("region") String region, New body) {
        var view = View.of(gpuTypes.create(grant, region, body.description()));
        return Answer.created(view, view.selfLink()).version(view.version());
    }

    @PATCH
    @Path("{type}")
    @Internal
    @Needs(value = "platform.gputypes.update", in = Place.PLATFORM)
    public Answer<View> change(@Context Grant grant, @PathParam("region") String region,
            @PathParam("type") String code,
            @HeaderParam("If-Match") @Nullable String expected, Change body) {
        var changed = gpuTypes.change(
                grant, region, code, body::of, IfMatch.version(expected));
        return Answer.ok(View.of(changed)).version(changed.version());
    }

    @DELETE
    @Path("{type}")
    @Internal
    @Needs(value = "platform.gputypes.delete", in = Place.PLATFORM)
    public Answer<Void> delete(@Context Grant grant, @PathParam("region") String region,
            @PathParam("type") String code,
            @HeaderParam("If-Match") @Nullable String expected) {
        gpuTypes.delete(grant, region, code, IfMatch.version(expected));
        return Answer.none();
    }
}
