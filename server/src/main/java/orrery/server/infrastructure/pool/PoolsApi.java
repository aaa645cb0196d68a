package orrery.server.infrastructure.pool;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
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
import orrery.server.infrastructure.machine.MachineView;
import orrery.server.infrastructure.machine.Machines;
import orrery.server.infrastructure.machine.Selector;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Pools of servers and their allocations, as the cloud family shows them to operators.
@Path("/v1/regions/global/pools")
@On(Cloud.class)
@Internal
@RunOnVirtualThread
public final class PoolsApi {
    private static final String LINK = "/v1/regions/global/pools/";
    private static final int MOST_SERVERS = 1_000;
    private static final long SHORTEST_SECONDS = 60;
    private static final long LONGEST_SECONDS = Duration.ofDays(365).toSeconds();

    private final Pools pools;

    public PoolsApi(Pools pools) {
        this.pools = pools;
    }

    /// @param available that nobody has and that are ready to be given out
    public record Capacity(long total, long available, long allocated) {}

    /// What servers have in common; what is absent may be anything.
    public record Chosen(
            @Nullable Map<String, String> matchLabels,
            @Nullable String gpuModel,
            @Nullable Integer minGpuCount,
            @Nullable String region) {
        Selector selector() {
            return new Selector(matchLabels == null ? Map.of() : matchLabels, gpuModel,
                    minGpuCount == null ? 0 : minGpuCount, region);
        }

        static void check(Mistakes mistakes, @Nullable Chosen chosen) {
            if (chosen != null) {
                Selector.check(mistakes, "selector", chosen.matchLabels(), chosen.gpuModel(),
                        chosen.minGpuCount(), chosen.region());
            }
        }
    }

    public record Selection(Map<String, String> matchLabels, @Nullable String gpuModel,
            int minGpuCount, @Nullable String region) {}

    public record View(
            String id,
            String name,
            String selfLink,
            @Nullable String displayName,
            @Nullable String description,
            Selection selector,
            Capacity capacity,
            long version,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant deletedAt) {
        static View of(Pools.Counted counted) {
            var p = counted.pool();
            var s = p.selector();
            var c = counted.capacity();
            return new View(p.id(), p.name(), LINK + p.id(), p.displayName(), p.description(),
                    new Selection(s.matchLabels(), s.gpuModel(), s.minGpuCount(), s.region()),
                    new Capacity(c.total(), c.available(), c.allocated()), p.version(),
                    p.createdAt(), p.updatedAt(), p.deletedAt());
        }
    }

    /// @param servers identifiers, as they were handed over
    public record AllocationView(
            String id,
            String selfLink,
            String poolId,
            String organizationId,
            String projectId,
            Allocation.State state,
            @Nullable String stateReason,
            List<String> servers,
            int count,
            @Nullable Instant expiresAt,
            @Nullable String currentRunId,
            long version,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant releasedAt) {
        static AllocationView of(Allocation a) {
            return new AllocationView(a.id(), LINK + a.poolId() + "/allocations/" + a.id(),
                    a.poolId(), a.organizationId(), a.projectId(), a.state(), a.stateReason(),
                    a.servers(), a.servers().size(), a.expiresAt(), a.runId(), a.version(),
                    a.createdAt(), a.updatedAt(), a.releasedAt());
        }
    }

    /// The body of a POST.
    public record New(@Nullable String name, @Nullable String displayName,
            @Nullable String description, Chosen selector) {
        public New {
            var mistakes = Naming.check(new Mistakes(), name, displayName, description);
            Chosen.check(mistakes, selector);
            mistakes.orRefuse();
        }
    }

    /// The body of a PATCH. What is absent stays; a selector is replaced whole.
    public record Change(Patch<String> displayName, Patch<String> description,
            @Nullable Chosen selector) {
        public Change {
            var mistakes = new Mistakes().unless(!(displayName.isAbsent()
                    && description.isAbsent() && selector == null), "body",
                    "must change displayName, description or selector");
            Naming.check(mistakes, null, displayName.or(null), description.or(null));
            Chosen.check(mistakes, selector);
            mistakes.orRefuse();
        }

        Pools.Terms of(Pool old) {
            return new Pools.Terms(displayName.or(old.displayName()),
                    description.or(old.description()),
                    selector == null ? old.selector() : selector.selector());
        }
    }

    /// The body of `:allocate`.
    ///
    /// @param ttl seconds after which the servers are released; absent: never
    public record Allocate(int count, String projectId, @Nullable Long ttl) {
        public Allocate {
            new Mistakes()
                    .unless(count >= 1 && count <= MOST_SERVERS, "count",
                            "must be 1 to " + MOST_SERVERS)
                    .check("ttl", ttl, it -> it >= SHORTEST_SECONDS && it <= LONGEST_SECONDS,
                            "must be " + SHORTEST_SECONDS + " to " + LONGEST_SECONDS
                                    + " seconds")
                    .orRefuse();
        }
    }

    @GET
    @Needs(value = "infrastructure.pools.list", in = Place.PLATFORM)
    @Page.Of(value = PoolTable.class, items = Pool.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask) {
        return Answer.page(pools.list(grant, ask).map(View::of));
    }

    @POST
    @Needs(value = "infrastructure.pools.create", in = Place.PLATFORM)
    public Answer<View> create(@Context Grant grant, New body) {
        var view = View.of(pools.create(grant, body.name(), new Pools.Terms(
                body.displayName(), body.description(), body.selector().selector())));
        return Answer.created(view, view.selfLink()).version(view.version());
    }

    @GET
    @Path("{pool}")
    @Needs(value = "infrastructure.pools.get", in = Place.PLATFORM)
    public Answer<View> get(@Context Grant grant, @PathParam("pool") String pool) {
        var view = View.of(pools.get(grant, pool));
        return Answer.ok(view).version(view.version());
    }

    @PATCH
    @Path("{pool}")
    @Needs(value = "infrastructure.pools.update", in = Place.PLATFORM)
    public Answer<View> change(@Context Grant grant, @PathParam("pool") String pool,
            @HeaderParam("If-Match") @Nullable String expected, Change body) {
        var view = View.of(pools.change(grant, pool, body::of, IfMatch.version(expected)));
        return Answer.ok(view).version(view.version());
    }

    @DELETE
    @Path("{pool}")
    @Needs(value = "infrastructure.pools.delete", in = Place.PLATFORM)
    public Answer<Void> delete(@Context Grant grant, @PathParam("pool") String pool,
            @HeaderParam("If-Match") @Nullable String expected) {
        pools.delete(grant, pool, IfMatch.version(expected));
        return Answer.none();
    }

    @GET
    @Path("{pool}/servers")
    @Needs(value = "infrastructure.pools.get", in = Place.PLATFORM)
    @Page.Of(Machines.class)
    public Answer<Page<MachineView>> servers(
            @Context Grant grant, @Context PageAsk ask, @PathParam("pool") String pool) {
        return Answer.page(pools.servers(grant, pool, ask).map(MachineView::of));
    }

    @POST
    @Path("{pool}:allocate")
    @Needs(value = "infrastructure.pools.allocate", in = Place.PLATFORM)
    public Answer<AllocationView> allocate(
            @Context Grant grant, @PathParam("pool") String pool, Allocate body) {
        var view = AllocationView.of(pools.allocate(grant, pool, body.count(), body.projectId(),
                body.ttl() == null ? null : Duration.ofSeconds(body.ttl())));
        return Answer.created(view, view.selfLink()).version(view.version());
    }

    @GET
    @Path("{pool}/allocations")
    @Needs(value = "infrastructure.pools.get", in = Place.PLATFORM)
    @Page.Of(value = PoolTable.class, items = Allocation.class)
    public Answer<Page<AllocationView>> allocations(
            @Context Grant grant, @Context PageAsk ask, @PathParam("pool") String pool) {
        return Answer.page(pools.allocations(grant, pool, ask).map(AllocationView::of));
    }

    @GET
    @Path("{pool}/allocations/{allocation}")
    @Needs(value = "infrastructure.pools.get", in = Place.PLATFORM)
    public Answer<AllocationView> allocation(@Context Grant grant,
            @PathParam("pool") String pool, @PathParam("allocation") String allocation) {
        var view = AllocationView.of(pools.allocation(grant, pool, allocation));
        return Answer.ok(view).version(view.version());
    }

    @DELETE
    @Path("{pool}/allocations/{allocation}")
    @Needs(value = "infrastructure.pools.allocate", in = Place.PLATFORM)
    public Answer<AllocationView> release(@Context Grant grant,
            @PathParam("pool") String pool, @PathParam("allocation") String allocation) {
        var accepted = pools.release(grant, pool, allocation);
        var view = AllocationView.of(accepted.allocation());
        var run = accepted.run();
        return Answer.accepted(view, new Answer.RunRef(run.id(), run.type(), run.status().text()))
                .at(view.selfLink()).version(view.version());
    }
}
