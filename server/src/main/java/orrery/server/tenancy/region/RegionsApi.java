package orrery.server.tenancy.region;

import io.smallrye.common.annotation.RunOnVirtualThread;
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
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Internal;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.http.Place;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Regions as the cloud family shows them. Everybody who is signed in may know them,
/// operators connect and close them.
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

    /// The body of a POST.
    ///
    /// @param kubeconfig text of a kubeconfig file, never shown again
    /// @param context which of its contexts; the current one when absent
    /// @param zones codes; one of ours when absent
    public record New(
            String code,
            @Nullable String displayName,
            String kubeconfig,
            @Nullable String context,
            @Nullable List<String> zones) {
        public New {
            Region.check(Slug.check(new Mistakes(), "code", code), displayName, zones)
                    .orRefuse();
        }

        NewRegion input() {
            return new NewRegion(code, displayName == null ? code : displayName, kubeconfig,
                    context, zones == null ? List.of() : zones, List.of());
        }

        @Override
        public String toString() {
            return "New[" + code + "]";
        }
    }

    /// The body of a PATCH. What is absent stays.
    ///
    /// @param zones all that it has: none is taken away
    /// @param kubeconfig takes the place of the one that it has; never shown again
    public record Change(
            @Nullable String displayName,
            @Nullable List<String> zones,
            Region.@Nullable Opening state,
            @Nullable String kubeconfig,
            @Nullable String context) {
        public Change {
            Region.check(new Mistakes(), displayName, zones)
                    .unless(displayName != null || zones != null || state != null
                                    || kubeconfig != null || context != null, "body",
                            "must change displayName, zones, state or kubeconfig")
                    .unless(context == null || kubeconfig != null, "context",
                            "goes with a kubeconfig")
                    .orRefuse();
        }

        Regions.Change input() {
            return new Regions.Change(displayName, zones, state,
                    kubeconfig == null ? null : new Stored(kubeconfig, context));
        }

        @Override
        public String toString() {
            return "Change";
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

    @POST
    @Internal
    @Needs(value = "platform.regions.create", in = Place.PLATFORM)
    public Answer<View> connect(@Context Grant grant, New body) {
        var view = View.of(regions.connect(grant, body.input()));
        return Answer.created(view, view.selfLink()).version(view.version());
    }

    @PATCH
    @Path("{region}")
    @Internal
    @Needs(value = "platform.regions.update", in = Place.PLATFORM)
    public Answer<View> change(@Context Grant grant, @PathParam("region") String code,
            @HeaderParam("If-Match") @Nullable String expected, Change body) {
        var view = View.of(regions.change(
                grant, code, body.input(), IfMatch.version(expected)));
        return Answer.ok(view).version(view.version());
    }
}
