package orrery.server.compute.storage;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Deleted;
import orrery.kit.http.Expandable;
import orrery.kit.http.Expands;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Patch;
import orrery.kit.http.Place;
import orrery.kit.http.Whereabouts;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Volumes as the cloud family shows them.
@Path("/v1/regions/{region}/projects/{project}/compute/storage")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class VolumesApi implements Expandable permits VolumesShortApi {
    final Volumes volumes;

    public VolumesApi(Volumes volumes) {
        this.volumes = volumes;
    }

    /// The body of a POST.
    ///
    /// @param type storage class; any that the region offers when absent
    /// @param zone where it must be reached; anywhere when absent
    public record New(
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            @Nullable Map<String, String> labels,
            int sizeGb,
            @Nullable String type,
            @Nullable String zone) {
        public New {
            made(name, displayName, description, labels, sizeGb, type, zone);
        }

        NewVolume input() {
            return made(name, displayName, description, labels, sizeGb, type, zone);
        }

        private static NewVolume made(@Nullable String name, @Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels, int sizeGb,
                @Nullable String type, @Nullable String zone) {
            return new NewVolume(name, displayName, description,
                    labels == null ? Map.of() : labels, sizeGb, type, zone);
        }
    }

    /// The body of a PATCH. What is absent stays.
    ///
    /// @param sizeGb more than it has: a run makes it larger
    public record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<Map<String, String>> labels,
            @Nullable Integer sizeGb) {
        public Change {
            new Mistakes().unless(!(displayName.isAbsent() && description.isAbsent()
                    && labels.isAbsent() && sizeGb == null), "body",
                    "must change displayName, description, labels or sizeGb").orRefuse();
            change(displayName.or(null), description.or(null), labels.or(null),
                    sizeGb == null ? 1 : sizeGb);
        }

        Volumes.Change of(Volume old) {
            return change(displayName.or(old.displayName()), description.or(old.description()),
                    labels.or(old.labels()), sizeGb == null ? old.sizeGb() : sizeGb);
        }

        private static Volumes.Change change(@Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels, int sizeGb) {
            return new Volumes.Change(displayName, description,
                    labels == null ? Map.of() : labels, sizeGb);
        }
    }

    @Override
    @Expands("volume")
    @Needs(value = "compute.storage.get", in = Place.RESOURCE)
    public VolumeView show(Grant grant, String id) {
        return volumes.byId(grant, id).filter(found -> found.deletedAt() == null)
                .map(VolumeView::of)
                .orElseThrow(() -> new Problem.NotFound("volume", id).raise());
    }

    @GET
    @Needs(value = "compute.storage.list", in = Place.PROJECT)
    @Page.Of(VolumeTable.class)
    public Answer<Page<VolumeView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(volumes.list(grant, region, ask).map(VolumeView::of));
    }

    @POST
    @Needs(value = "compute.storage.create", in = Place.PROJECT)
    public Answer<VolumeView> create(
            @Context Grant grant, @Context Whereabouts where, New body) {
        return VolumeView.started(volumes.create(grant, where.region(), body.input()));
    }

    @GET
    @Path("{volume}")
    @Needs(value = "compute.storage.get", in = Place.PROJECT)
    public Answer<VolumeView> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("volume") String volume, @Context Deleted deleted) {
        var found = volumes.get(grant, region, volume, deleted);
        return Answer.ok(VolumeView.of(found)).version(found.version());
    }

    @PATCH
    @Path("{volume}")
    @Needs(value = "compute.storage.update", in = Place.PROJECT)
    public Answer<VolumeView> change(@Context Grant grant, @PathParam("region") String region,
            @PathParam("volume") String volume,
            @HeaderParam("If-Match") @Nullable String expected, Change body) {
        return VolumeView.of(
                volumes.change(grant, region, volume, body::of, IfMatch.version(expected)));
    }

    @DELETE
    @Path("{volume}")
    @Needs(value = "compute.storage.delete", in = Place.PROJECT)
    public Answer<VolumeView> delete(@Context Grant grant, @PathParam("region") String region,
            @PathParam("volume") String volume,
            @HeaderParam("If-Match") @Nullable String expected) {
        return VolumeView.started(
                volumes.delete(grant, region, volume, IfMatch.version(expected)));
    }
}
