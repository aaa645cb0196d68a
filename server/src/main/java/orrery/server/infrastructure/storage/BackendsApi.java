package orrery.server.infrastructure.storage;

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
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Patch;
import orrery.kit.http.Place;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Where the storage of regions comes from, as the cloud family shows it to operators.
@Path("/v1/regions/global/infrastructure/storage")
@On(Cloud.class)
@Internal
@RunOnVirtualThread
public final class BackendsApi {
    private final Backends backends;

    public BackendsApi(Backends backends) {
        this.backends = backends;
    }

    /// @param zone `null` for all zones of its region
    /// @param allocatedGb how much of its capacity is given out
    public record View(
            String id,
            String name,
            String selfLink,
            @Nullable String displayName,
            @Nullable String description,
            String region,
            Backend.Type type,
            String storageClass,
            @Nullable String zone,
            long capacityGb,
            long allocatedGb,
            Backend.State state,
            long version,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant deletedAt) {
        static View of(Backend b) {
            return new View(b.id(), b.name(), "/v1/regions/global/infrastructure/storage/" + b.id(),
                    b.displayName(), b.description(), b.region(), b.type(), b.storageClass(),
                    b.zone(), b.capacityGb(), b.allocatedGb(), b.state(), b.version(),
                    b.createdAt(), b.updatedAt(), b.deletedAt());
        }
    }

    /// The body of a POST.
    ///
    /// @param zone absent: its volumes are reached from all zones of the region
    /// @param state `active` when absent
    public record New(
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            String region,
            Backend.Type type,
            String storageClass,
            @Nullable String zone,
            long capacityGb,
            Backend.@Nullable State state) {
        public New {
            var mistakes = new Mistakes();
            Backend.check(mistakes, name, region, storageClass, zone);
            Backend.check(mistakes, displayName, description, capacityGb);
            mistakes.orRefuse();
        }

        Backend.New input() {
            return new Backend.New(name, region, type, storageClass, zone, new Backend.Terms(
                    displayName, description, capacityGb,
                    state == null ? Backend.State.ACTIVE : state));
        }
    }

    /// The body of a PATCH. What is absent stays.
    public record Change(
            Patch<String> displayName,
            Patch<String> description,
            @Nullable Long capacityGb,
            Backend.@Nullable State state) {
        public Change {
            var mistakes = new Mistakes().unless(!(displayName.isAbsent()
                    && description.isAbsent() && capacityGb == null && state == null), "body",
                    "must change displayName, description, capacityGb or state");
            Backend.check(mistakes, displayName.or(null), description.or(null), capacityGb);
            mistakes.orRefuse();
        }

        Backend.Terms of(Backend old) {
            return new Backend.Terms(displayName.or(old.displayName()),
                    description.or(old.description()),
                    capacityGb == null ? old.capacityGb() : capacityGb,
                    state == null ? old.state() : state);
        }
    }

    @GET
    @Needs(value = "infrastructure.storage.list", in = Place.PLATFORM)
    @Page.Of(BackendTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask) {
        return Answer.page(backends.list(grant, ask).map(View::of));
    }

    @POST
    @Needs(value = "infrastructure.storage.create", in = Place.PLATFORM)
    public Answer<View> create(@Context Grant grant, New body) {
        var view = View.of(backends.create(grant, body.input()));
        return Answer.created(view, view.selfLink()).version(view.version());
    }

    @GET
    @Path("{backend}")
    @Needs(value = "infrastructure.storage.get", in = Place.PLATFORM)
    public Answer<View> get(@Context Grant grant, @PathParam("backend") String backend) {
        var view = View.of(backends.get(grant, backend));
        return Answer.ok(view).version(view.version());
    }

    @PATCH
    @Path("{backend}")
    @Needs(value = "infrastructure.storage.update", in = Place.PLATFORM)
    public Answer<View> change(@Context Grant grant, @PathParam("backend") String backend,
            @HeaderParam("If-Match") @Nullable String expected, Change body) {
        var view = View.of(backends.change(
                grant, backend, body::of, IfMatch.version(expected)));
        return Answer.ok(view).version(view.version());
    }

    @DELETE
    @Path("{backend}")
    @Needs(value = "infrastructure.storage.delete", in = Place.PLATFORM)
    public Answer<Void> delete(@Context Grant grant, @PathParam("backend") String backend,
            @HeaderParam("If-Match") @Nullable String expected) {
        backends.delete(grant, backend, IfMatch.version(expected));
        return Answer.none();
    }
}
