package orrery.server.infrastructure.pool;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.infrastructure.machine.Capacity;
import orrery.server.infrastructure.machine.HeldMachines;
import orrery.server.infrastructure.machine.Machine;
import orrery.server.infrastructure.machine.Machines;
import orrery.server.infrastructure.machine.Selector;
import orrery.server.tenancy.project.Contents;
import orrery.server.tenancy.project.Projects;
import org.jspecify.annotations.Nullable;

/// Pools of servers, and who has which of them.
@Singleton
public final class Pools implements Contents {
    static final String KIND = "pool";
    static final String ALLOCATION = "allocation";
    /// Each is counted whenever pools are listed.
    private static final int MOST = 200;

    private final PoolTable table = new PoolTable();
    private final Database database;
    private final Projects projects;
    private final Machines machines;
    private final HeldMachines held;
    private final Events events;
    private final Runs runs;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Pools(Database database, Projects projects, Machines machines, HeldMachines held,
            Events events, Runs runs, Paging paging, Ids ids, Clock clock) {
        this.database = database;
        this.projects = projects;
        this.machines = machines;
        this.held = held;
        this.events = events;
        this.runs = runs;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// What a pool shall be, in full.
    public record Terms(
            @Nullable String displayName, @Nullable String description, Selector selector) {}

    /// A pool, and how many servers it has just now.
    public record Counted(Pool pool, Capacity capacity) {}

    /// An allocation as it is now, and the run that releases it.
    public record Accepted(Allocation allocation, Run run) {}

    /// One page of all pools, the newest first.
    public Page<Counted> list(Grant grant, PageAsk ask) {
        return database.read(grant, tx -> {
            var page = table.list(tx, paging, ask.orFromTheStart());
            var counts = machines.capacities(tx,
                    page.items().stream().map(Pool::selector).toList()).iterator();
            return page.map(pool -> new Counted(pool, counts.next()));
        });
    }

    /// @param idOrName identifier or name
    public Counted get(Grant grant, String idOrName) {
        return database.read(grant, tx -> counted(tx, present(tx, idOrName)));
    }

    /// @throws Problem.Failure [Problem.AlreadyExists] for the name
    public Counted create(Grant grant, @Nullable String name, Terms terms) {
        return database.tx(grant, tx -> {
            var count = table.count(tx);
            if (count >= MOST) {
                throw new Problem.QuotaExceeded("pools", MOST, count + 1).raise();
            }
            var id = ids.next("pool");
            var now = clock.instant();
            var pool = new Pool(id, name == null ? Slug.of(KIND, id) : name, terms.displayName(),
                    terms.description(), terms.selector(), 1, grant.principal().id(), now, now,
                    null);
            if (!table.insert(tx, pool)) {
                throw new Problem.AlreadyExists(KIND, pool.name()).raise();
            }
            events.append(tx, event("pool.created", pool));
            return counted(tx, present(tx, id));
        });
    }

    /// Changes texts and selection. Allocations keep their servers.
    ///
    /// @param change makes the new terms of the old ones
    /// @param expected the version that the caller knows, if it cares
    public Counted change(Grant grant, String idOrName, Function<Pool, Terms> change,
            OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, idOrName);
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            table.update(tx, found.id(), change.apply(found), clock.instant());
            events.append(tx, event("pool.updated", found));
            return counted(tx, present(tx, found.id()));
        });
    }

    /// @throws Problem.Failure [Problem.InUse] while somebody has servers of it
    public void delete(Grant grant, String idOrName, OptionalLong expected) {
        database.write(grant, tx -> {
            var found = lock(tx, idOrName);
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            var held = table.held(tx, found.id());
            if (!held.isEmpty()) {
                throw new Problem.InUse(KIND, found.id(), held).raise();
            }
            table.delete(tx, found.id(), clock.instant());
            events.append(tx, event("pool.deleted", found));
        });
    }

    /// One page of the servers that it has just now, the newest first.
    public Page<Machine> servers(Grant grant, String idOrName, PageAsk ask) {
        return database.read(grant,
                tx -> machines.selected(tx, present(tx, idOrName).selector(), ask));
    }

    /// Gives servers to a project: as many as were asked for, or none.
    ///
    /// @param ttl after which they are released by themselves; `null` for never
    /// @throws Problem.Failure [Problem.PoolExhausted] when there are fewer,
    ///     [Problem.Unprocessable] when there is no such project
    public Allocation allocate(Grant grant, String idOrName, int count, String project,
            @Nullable Duration ttl) {
        return database.tx(grant, tx -> {
            var pool = lock(tx, idOrName);
            var to = projects.byId(tx, project)
                    .orElseThrow(() -> new Problem.Unprocessable(List.of(
                            new Mistake("projectId", "is no project"))).raise());
            projects.hold(tx, to.scope());
            var id = ids.next("alloc");
            var taken = machines.allocate(tx, pool.selector(), count, id);
            if (taken.size() < count) {
                throw new Problem.PoolExhausted(
                        KIND + " " + pool.id(), count + " free servers").raise();
            }
            var now = clock.instant();
            var made = new Allocation(id, pool.id(), to.organizationId(), to.id(),
                    Allocation.State.ACTIVE, null, taken, ttl == null ? null : now.plus(ttl), null,
                    1, grant.principal().id(), now, now, null);
            table.insert(tx, made);
            events.append(tx, event("allocation.active", made));
            return table.allocation(tx, id).orElseThrow();
        });
    }

    /// One page of what was given out of a pool, the newest first.
    public Page<Allocation> allocations(Grant grant, String idOrName, PageAsk ask) {
        return database.read(grant,
                tx -> table.allocations(tx, paging, ask, present(tx, idOrName).id()));
    }

    public Allocation allocation(Grant grant, String idOrName, String id) {
        return database.read(grant, tx -> allocation(tx, idOrName, id));
    }

    /// Identifiers of a project's allocations, for who makes something of their servers. Nobody
    /// releases them until the transaction ends.
    public List<String> active(Tx tx, String project) {
        return table.active(tx, project);
    }

    /// Takes servers back by a run, which wipes what is installed on them. Asked again, it answers
    /// with the same run.
    ///
    /// @throws Problem.Failure [Problem.InUse] while servers are instances
    public Accepted release(Grant grant, String idOrName, String id) {
        return database.tx(grant, tx -> {
            var found = table.lockAllocation(tx, allocation(tx, idOrName, id).id()).orElseThrow();
            if (found.state() == Allocation.State.RELEASED) {
                throw released(id);
            }
            var instances = held.on(tx, found.id());
            if (!instances.isEmpty()) {
                throw new Problem.InUse(ALLOCATION, id, instances.stream().sorted()
                        .map(it -> "instance/" + it).toList()).raise();
            }
            return release(tx, found);
        });
    }

    /// Takes back what is due, when no instance is made of it any more. For the loop that looks for
    /// it.
    void releaseDue(Grant grant) {
        for (var id : database.read(grant, tx -> table.due(tx, clock.instant()))) {
            database.write(grant, tx -> table.lockAllocation(tx, id)
                    .filter(it -> it.state() == Allocation.State.ACTIVE)
                    .filter(it -> held.on(tx, it.id()).isEmpty())
                    .ifPresent(it -> release(tx, it)));
        }
    }

    private Accepted release(Tx tx, Allocation found) {
        if (found.state() == Allocation.State.RELEASING && found.runId() != null) {
            return new Accepted(found, runs.get(tx, found.runId()));
        }
        var run = runs.start(tx, ReleaseAllocation.TYPE,
                new ReleaseAllocation.Input(found.id()), new Subject(ALLOCATION, found.id()));
        begin(tx, found, run);
        return new Accepted(table.allocation(tx, found.id()).orElseThrow(), runs.get(tx, run));
    }

    /// A run's step: the allocation goes, also when the run is repeated after it failed.
    void releasing(Tx tx, String id, String run) {
        var found = table.lockAllocation(tx, id).orElseThrow();
        switch (found.state()) {
            case RELEASING -> { }
            case ACTIVE, FAILED -> begin(tx, found, run);
            case RELEASED -> throw released(id);
        }
    }

    private void begin(Tx tx, Allocation found, String run) {
        table.mark(tx, found.id(), Allocation.State.RELEASING, null, run, clock.instant());
        events.append(tx, event("allocation.releasing", found));
    }

    private static Problem.Failure released(String id) {
        return new Problem.IllegalTransition(ALLOCATION, id, "released", "release").raise();
    }

    /// A run's step: nothing came of the release.
    void failed(Tx tx, String id) {
        var found = table.lockAllocation(tx, id).orElseThrow();
        table.mark(tx, id, Allocation.State.FAILED,
                "It could not be released; its last run says why.", null, clock.instant());
        events.append(tx, event("allocation.failed", found));
    }

    /// A run's step: the servers are free.
    void released(Tx tx, String id) {
        var found = table.lockAllocation(tx, id).orElseThrow();
        machines.free(tx, id);
        table.mark(tx, id, Allocation.State.RELEASED, null, null, clock.instant());
        events.append(tx, event("allocation.released", found));
    }

    @Override
    public List<String> of(Tx tx, Scope project) {
        return table.ofProject(tx, project.requireProject());
    }

    private Counted counted(Tx tx, Pool pool) {
        return new Counted(pool, machines.capacities(tx, List.of(pool.selector())).getFirst());
    }

    private Allocation allocation(Tx tx, String idOrName, String id) {
        var pool = present(tx, idOrName);
        return table.allocation(tx, id).filter(it -> it.poolId().equals(pool.id()))
                .orElseThrow(() -> new Problem.NotFound(ALLOCATION, id).raise());
    }

    private Pool present(Tx tx, String idOrName) {
        return present(table.find(tx, idOrName), idOrName);
    }

    private Pool lock(Tx tx, String idOrName) {
        return present(table.lock(tx, idOrName), idOrName);
    }

    private static Pool present(Optional<Pool> found, String idOrName) {
        return found.orElseThrow(() -> new Problem.NotFound(KIND, idOrName).raise());
    }

    private static NewEvent event(String type, Pool about) {
        return new NewEvent(type, new Subject(KIND, about.id()), Scope.PLATFORM,
                Map.of("name", about.name()));
    }

    private static NewEvent event(String type, Allocation about) {
        return new NewEvent(type, new Subject(ALLOCATION, about.id()), Scope.PLATFORM,
                Map.of("pool", about.poolId(), "project", about.projectId(),
                        "servers", about.servers()));
    }
}
