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
import orrery.kit.http.Patch;
import orrery.kit.http.Place;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Images as the cloud family shows them. Everybody may look, operators write.
@Path("/v1/regions/{region}/compute/images")
@On(Cloud.class)
@RunOnVirtualThread
public final class ImagesApi {
    private final Images images;

    public ImagesApi(Images images) {
        this.images = images;
    }

    /// What the disk of a machine can start with.
    ///
    /// @param code how paths and bodies call it
    public record View(
            String code,
            String name,
            String selfLink,
            String region,
            String displayName,
            String os,
            String architecture,
            String url,
            @Nullable String checksum,
            int minDiskGb,
            OfferState state,
            long version,
            Instant createdAt,
            Instant updatedAt) {
        static View of(Image it) {
            return new View(it.code(), it.code(), "/v1/regions/" + it.region() + "/compute/images/"
                    + it.code(), it.region(), it.displayName(), it.os(), it.architecture(),
                    it.url(), it.checksum(), it.minDiskGb(), it.state(), it.version(),
                    it.createdAt(), it.updatedAt());
        }
    }

    /// The body of a POST.
    public record New(
            String code,
            String displayName,
            String os,
            String architecture,
            String url,
            @Nullable String checksum,
            int minDiskGb) {
        public New {
            new Image.Description(code, displayName, os, architecture, url, checksum, minDiskGb,
                    OfferState.ACTIVE);
        }

        Image.Description description() {
            return new Image.Description(code, displayName, os, architecture, url,
                    checksum, minDiskGb, OfferState.ACTIVE);
        }
    }

    /// The body of a PATCH. What is absent stays; the code never changes.
    public record Change(
            @Nullable String displayName,
            @Nullable String os,
            @Nullable String architecture,
            @Nullable String url,
            Patch<String> checksum,
            @Nullable Integer minDiskGb,
            @Nullable OfferState state) {
        public Change {
            var mistakes = new Mistakes().unless(displayName != null || os != null
                    || architecture != null || url != null || !checksum.isAbsent()
                    || minDiskGb != null || state != null, "body",
                    "must change displayName, os, architecture, url, checksum, minDiskGb or"
                            + " state");
            Image.Description.check(mistakes, displayName, os, architecture, url,
                    checksum.or(null), minDiskGb);
            mistakes.orRefuse();
        }

        Image.Description of(Image.Description old) {
            return new Image.Description(old.code(),
                    displayName == null ? old.displayName() : displayName,
                    os == null ? old.os() : os,
                    architecture == null ? old.architecture() : architecture,
                    url == null ? old.url() : url,
                    // Another image has another.
                    checksum.or(url == null ? old.checksum() : null),
                    minDiskGb == null ? old.minDiskGb() : minDiskGb,
                    state == null ? old.state() : state);
        }
    }

    @GET
    @Own
    @Page.Of(ImageTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(
                images.list(grant, region, ask.orFromTheStart()).map(View::of));
    }

    @GET
    @Path("{image}")
    @Own
    public Answer<View> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("image") String code) {
        var found = images.get(grant, region, code);
        return Answer.ok(View.of(found)).version(found.version());
    }

    @POST
    @Internal
    @Needs(value = "platform.images.create", in = Place.PLATFORM)
    public Answer<View> create(
            @Context Grant grant, @PathParam("region") String region, New body) {
        var view = View.of(images.create(grant, region, body.description()));
        return Answer.created(view, view.selfLink()).version(view.version());
    }

    @PATCH
    @Path("{image}")
    @Internal
    @Needs(value = "platform.images.update", in = Place.PLATFORM)
    public Answer<View> change(@Context Grant grant, @PathParam("region") String region,
            @PathParam("image") String code,
            @HeaderParam("If-Match") @Nullable String expected, Change body) {
        var changed = images.change(
                grant, region, code, body::of, IfMatch.version(expected));
        return Answer.ok(View.of(changed)).version(changed.version());
    }

    @DELETE
    @Path("{image}")
    @Internal
    @Needs(value = "platform.images.delete", in = Place.PLATFORM)
    public Answer<Void> delete(@Context Grant grant, @PathParam("region") String region,
            @PathParam("image") String code,
            @HeaderParam("If-Match") @Nullable String expected) {
        images.delete(grant, region, code, IfMatch.version(expected));
        return Answer.none();
    }
}
