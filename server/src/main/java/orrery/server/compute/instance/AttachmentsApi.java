package orrery.server.compute.instance;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import orrery.kit.Ids;
import orrery.kit.Mistakes;
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.server.compute.storage.VolumeView;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// What machines do with volumes, as the cloud family shows it.
@Path("/v1/regions/{region}/projects/{project}/compute/storage")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class AttachmentsApi permits AttachmentsShortApi {
    private final Attachments attachments;

    public AttachmentsApi(Attachments attachments) {
        this.attachments = attachments;
    }

    /// The body of `:attach`.
    ///
    /// @param instanceId identifier or name of a machine of the same project and region
    public record Attach(String instanceId) {
        public Attach {
            new Mistakes().check("instanceId", instanceId,
                    it -> Ids.isId(it) || Slug.isSlug(it), "must be an identifier or a name")
                    .orRefuse();
        }
    }

    @POST
    @Path("{volume}:attach")
    @Needs(value = "compute.storage.operate", in = Place.PROJECT)
    public Answer<VolumeView> attach(@Context Grant grant, @PathParam("region") String region,
            @PathParam("volume") String volume,
            @HeaderParam("If-Match") @Nullable String expected, Attach body) {
        return VolumeView.started(attachments.attach(
                grant, region, volume, body.instanceId(), IfMatch.version(expected)));
    }

    @POST
    @Path("{volume}:detach")
    @Needs(value = "compute.storage.operate", in = Place.PROJECT)
    public Answer<VolumeView> detach(@Context Grant grant, @PathParam("region") String region,
            @PathParam("volume") String volume,
            @HeaderParam("If-Match") @Nullable String expected) {
        return VolumeView.started(attachments.detach(
                grant, region, volume, IfMatch.version(expected)));
    }
}
