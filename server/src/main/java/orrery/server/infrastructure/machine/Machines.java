package orrery.server.infrastructure.machine;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.durable.SagaType;
import orrery.kit.events.Events;
import orrery.kit.http.Deleted;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Locator;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.kube.KubeFailure;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;
import orrery.kit.secret.Secret;
import orrery.server.iam.policy.Reach;
import orrery.server.tenancy.project.Contents;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.region.Region;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// The bare-metal servers of projects: what operators may do with them.
@Singleton
public final class Machines implements Contents, Locator {
    /// Where the logins of management controllers are sealed.
    public static final SealedColumn SEALED = new SealedColumn("machine", "id", "sealed_login");

    static final String KIND = "server";

    private final MachineTable table = new MachineTable();
    private final LogTable log = new LogTable();
    private final Database database;
    private final Projects projects;
    private final Regions regions;
    private final Hosts hosts;
    private final Events events;
    private final Runs runs;
    private final Paging paging;
    private final Sealing sealing;
    private final Ids ids;
    private final Clock clock;

    public Machines(Database database, Projects projects, Regions regions, Hosts hosts,
            Events events, Runs runs, Paging paging, Sealing sealing, Ids ids, Clock clock) {
        this.database = database;
        this.projects = projects;
        this.regions = regions;
        this.hosts = hosts;
        this.events = events;
        this.runs = runs;
        this.paging = paging;
        this.sealing = sealing;
        this.ids = ids;
        this.clock = clock;
    }

    /// What became of a request: the server as it is now, and the run that changes it.
    public record Accepted(Machine machine, Run run) {}

    /// What became of a change: the server as it is now.
    ///
    /// @param run that goes on with it; `null` when everything is done already
    record Changed(Machine machine, @Nullable Run run) {}

    /// How somebody calls and sorts a server, in full: what it was, or what it shall be.
    public record Texts(@Nullable String displayName, @Nullable String description,
            Map<String, String> labels, Map<String, String> tags, String persona) {
        public Texts {
            labels = Map.copyOf(labels);
            tags = Map.copyOf(tags);
        }
    }

    /// Something that keeps a server from being of use.
    ///
    /// @param code such as `BMC_CONNECTION_FAILED`
    public record Obstacle(String code, String message) {}

    /// One page of the servers of the grant's project in a region, the newest first.
    ///
    /// @param region code; `global` for all
    public Page<Machine> list(Grant grant, String region, PageAsk ask) {
        return page(grant, region, ask, Reach.project(project(grant)));
    }

    /// As [#list], of all projects.
    public Page<Machine> everywhere(Grant grant, String region, PageAsk ask) {
        return page(grant, region, ask, Reach.EVERYWHERE);
    }

    private Page<Machine> page(Grant grant, String region, PageAsk ask, Reach reach) {
        return database.read(grant, tx -> table.list(
                tx, paging, ask, reach, regions.checked(tx, region)));
    }

    /// @param region code; `global` for any
    /// @param idOrName identifier or name; of what is deleted, by identifier
    public Machine get(Grant grant, String region, String idOrName, Deleted deleted) {
        return database.read(grant, tx -> table.rows.get(
                tx, project(grant), Regions.one(region), idOrName, deleted));
    }

    /// By identifier, wherever it is.
    public Optional<Machine> byId(Grant grant, String id) {
        return database.read(grant, tx -> table.rows.byId(tx, id));
    }

    /// Asks for a server to be registered. A run does it, and inspects it.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] for the name, [Problem.Conflict] when
    ///     another server of the region has the management controller,
    ///     [Problem.Unprocessable] for a zone that the region does not have
    public Accepted register(Grant grant, String region, NewMachine asked) {
        return database.tx(grant, tx -> {
            projects.hold(tx, grant.scope());
            var place = regions.open(tx, region);
            var id = ids.next("srv");
            var machine = build(grant, place, id, asked);
            if (!table.insert(tx, machine, sealed(id, asked.login()))) {
                throw taken(tx, machine);
            }
            events.append(tx, MachineEvents.of("registering", machine, ""));
            return begin(tx, machine, Machine.State.REGISTERING, RegisterMachine.TYPE,
                    new RegisterMachine.Input(id));
        });
    }

    /// @throws Problem.Failure [Problem.NotFound], or [Problem.Conflict] while it is closed
    void verifyRegion(Grant grant, String region) {
        database.read(grant, tx -> regions.open(tx, region));
    }

    private Problem.Failure taken(Tx tx, Machine machine) {
        return table.byBmc(tx, machine.region(), machine.bmcAddress())
                .map(other -> owned(other, machine.bmcAddress()))
                .orElseGet(() -> new Problem.AlreadyExists(KIND, machine.name()).raise());
    }

    private static Problem.Failure owned(Machine other, String address) {
        return new Problem.Conflict(KIND, other.id(), "has the management controller " + address
                + " already; decommission it first, or mend bmcAddress").raise();
    }

    private Machine build(Grant grant, Region region, String id, NewMachine asked) {
        var now = clock.instant();
        return new Machine(id, grant.scope().requireOrganization(), project(grant),
                region.code(), zone(region, asked.zone()),
                asked.name() == null ? Slug.of(KIND, id) : asked.name(), asked.displayName(),
                asked.description(), asked.labels(), asked.tags(), asked.persona(),
                asked.bmcAddress(), asked.verifyCa(), asked.bootMacAddress(), asked.gpu(),
                Machine.State.REGISTERING, null, Machine.Health.HEALTHY, null, List.of(),
                Machine.Wanted.EMPTY, null, null, null, null, null, 1, grant.principal().id(),
                now, now, null);
    }

    private static String zone(Region region, @Nullable String asked) {
        if (asked != null && !region.zones().contains(asked)) {
            throw new Problem.Unprocessable(List.of(new Problem.Mistake("zone",
                    "must be one of " + region.zones() + " in region " + region.code()))).raise();
        }
        return asked == null ? region.zones().getFirst() : asked;
    }

    /// Changes texts, labels and tags at once, and how its controller is reached by a run.
    ///
    /// @param texts makes the new ones of the old ones
    /// @param controller the same
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.IllegalTransition] for the controller where Metal3 would
    ///     not follow; [Problem.Conflict] for another server's, and while a run changes the server
    Changed change(Grant grant, String region, String idOrName, Function<Machine, Texts> texts,
            Function<Machine, Controller> controller, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            var to = controller.apply(found);
            table.describe(tx, found.id(), texts.apply(found), clock.instant());
            events.append(tx, MachineEvents.of("updated", found, ""));
            var run = to.isOf(found) ? null : connect(tx, found, to);
            return new Changed(table.rows.get(tx, found.id()), run);
        });
    }

    /// Of a server that has failed the record changes alone: a retry tells Metal3.
    private @Nullable Run connect(Tx tx, Machine found, Controller to) {
        verifyFree(tx, found, to.address());
        boolean hasFailed = found.state() == Machine.State.FAILED;
        boolean isUnknown = hasFailed && found.hardware() == null;
        if (!to.address().equals(found.bmcAddress()) && !found.wanted().maintenance()
                && !isUnknown) {
            throw new Problem.IllegalTransition(KIND, found.id(), hasFailed
                    ? "failed (decommission it, and register it anew)"
                    : "not in maintenance (Metal3 moves no host that it looks after: turn it on"
                            + " first)", "get another bmcAddress").raise();
        }
        if (!hasFailed) {
            return act(tx, found, Change.CONNECT, ConnectMachine.TYPE,
                    new ConnectMachine.Input(found.id(), to)).run();
        }
        if (found.runId() != null && !runs.get(tx, found.runId()).status().isOver()) {
            throw new Problem.Conflict(KIND, found.id(),
                    "is being changed by " + found.runId() + "; wait for its end").raise();
        }
        table.connect(tx, found.id(), to, sealed(found.id(), to.login()), clock.instant());
        return null;
    }

    private void verifyFree(Tx tx, Machine machine, String address) {
        table.byBmc(tx, machine.region(), address)
                .filter(other -> !other.id().equals(machine.id()))
                .ifPresent(other -> {
                    throw owned(other, address);
                });
    }

    private byte @Nullable [] sealed(String id, NewMachine.@Nullable Login login) {
        return login == null ? null : sealing.seal(Lifecycle.Stored.text(login), SEALED.at(id));
    }

    /// Installs an image by a run.
    ///
    /// @param userData what it boots with; `null` for nothing
    /// @throws Problem.Failure [Problem.IllegalTransition] where something is installed already,
    ///     [Problem.InUse] while it is an instance
    public Accepted provision(Grant grant, String region, String idOrName, Machine.Image image,
            @Nullable Secret userData) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            return act(tx, found, Change.PROVISION, ProvisionMachine.TYPE,
                    new ProvisionMachine.Input(found.id(), image, userData));
        });
    }

    /// Does one of the closed list of actions by a run.
    ///
    /// @throws Problem.Failure [Problem.IllegalTransition] where it makes no sense now,
    ///     [Problem.Conflict] while another run changes the server
    public Accepted operate(Grant grant, String region, String idOrName, Change action) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            verifyPower(found, action);
            verifyRetry(tx, found, action);
            return act(tx, found, action, OperateMachine.TYPE,
                    new OperateMachine.Input(found.id(), action));
        });
    }

    private static void verifyPower(Machine machine, Change action) {
        boolean restarts = action == Change.POWER_CYCLE || action == Change.RESET;
        if (restarts && !machine.wanted().online()) {
            throw new Problem.IllegalTransition(
                    KIND, machine.id(), "powered off", action.text()).raise();
        }
    }

    /// What a decommissioning has begun to take down does not come back by itself.
    private void verifyRetry(Tx tx, Machine machine, Change action) {
        if (action == Change.RETRY && machine.runId() != null && runs.get(tx, machine.runId())
                .type().equals(DecommissionMachine.TYPE.name())) {
            throw new Problem.IllegalTransition(KIND, machine.id(),
                    "half decommissioned (delete it again)", action.text()).raise();
        }
    }

    private <I extends Record> Accepted act(
            Tx tx, Machine machine, Change change, SagaType<I> type, I input) {
        if (!change.isLegal(machine.state())) {
            throw Lifecycle.illegal(machine, change);
        }
        if (change == Change.PROVISION || change == Change.DEPROVISION) {
            verifyUnheld(machine);
        }
        return begin(tx, machine, change.meanwhile(machine.state()), type, input);
    }

    private <I extends Record> Accepted begin(
            Tx tx, Machine machine, Machine.State state, SagaType<I> type, I input) {
        return begin(tx, machine, state, type, input, tx.grant().scope());
    }

    /// @param scope where the run lies
    <I extends Record> Accepted begin(Tx tx, Machine machine, Machine.State state,
            SagaType<I> type, I input, Scope scope) {
        var run = runs.start(tx, type, input, MachineEvents.subject(machine), scope);
        table.begin(tx, machine.id(), state, run, clock.instant());
        if (state != machine.state()) {
            events.append(tx, MachineEvents.of(MachineEvents.text(state), machine, ""));
        }
        return new Accepted(table.rows.get(tx, machine.id()),
                runs.get(tx, run));
    }

    /// What is an instance is wiped when that is deleted, and not before.
    ///
    /// @throws Problem.Failure [Problem.InUse]
    static void verifyUnheld(Machine machine) {
        if (machine.instanceId() != null) {
            throw new Problem.InUse(
                    KIND, machine.id(), List.of("instance/" + machine.instanceId())).raise();
        }
    }

    /// Decommissions a server by a run, whatever else is going on with it. Asked again, it answers
    /// with the same run.
    ///
    /// @throws Problem.Failure [Problem.InUse] while it is allocated, or an instance
    public Accepted decommission(
            Grant grant, String region, String idOrName, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            var earlier = found.runId();
            if (found.state() == Machine.State.DECOMMISSIONING && earlier != null) {
                return new Accepted(found, runs.get(tx, earlier));
            }
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            if (found.allocationId() != null) {
                throw new Problem.InUse(KIND, found.id(), List.of(found.allocationId())).raise();
            }
            verifyUnheld(found);
            if (earlier != null) {
                runs.stop(tx, earlier);
            }
            var run = runs.startBeside(tx, DecommissionMachine.TYPE,
                    new DecommissionMachine.Input(found.id(), earlier),
                    MachineEvents.subject(found));
            table.begin(tx, found.id(), Machine.State.DECOMMISSIONING, run, clock.instant());
            events.append(tx, MachineEvents.of("decommissioning", found, ""));
            return new Accepted(table.rows.get(tx, found.id()),
                    runs.get(tx, run));
        });
    }

    /// Looks whether the server could be worked with now: the management cluster, its host there,
    /// and what Metal3 says of its controller.
    ///
    /// @return empty when nothing stands in the way
    public List<Obstacle> validate(Grant grant, String region, String idOrName) {
        var machine = get(grant, region, idOrName, Deleted.HIDDEN);
        var found = new ArrayList<Obstacle>();
        if (machine.state() == Machine.State.FAILED) {
            found.add(new Obstacle("FAILED", machine.stateReason() == null
                    ? "A run tries to mend it." : machine.stateReason()));
        }
        try {
            if (!hosts.hasLogin(grant, machine)) {
                found.add(new Obstacle("CREDENTIALS_MISSING",
                        "The region has no name and password for its management controller."));
            }
            hosts.find(grant, machine).ifPresentOrElse(
                    host -> validate(machine, host, found),
                    () -> found.add(new Obstacle("HOST_MISSING",
                            "The region has no BareMetalHost for it.")));
        } catch (KubeFailure away) {
            found.add(new Obstacle("UPSTREAM_UNAVAILABLE", away.getMessage()));
        }
        return found;
    }

    private static void validate(Machine machine, Host host, List<Obstacle> found) {
        if (host.isFailed()) {
            found.add(new Obstacle(host.code(), host.text()));
        } else if (!host.isRegistered()) {
            found.add(new Obstacle("NOT_REGISTERED", host.text()));
        }
        var changes = machine.state().isSettled() ? host.changes(machine, machine.wanted())
                : List.<String>of();
        if (!changes.isEmpty()) {
            found.add(new Obstacle("HOST_CHANGED",
                    "Somebody else changed its BareMetalHost: " + String.join(", ", changes)));
        }
    }

    /// One page of a server's log, the newest first.
    ///
    /// @param start the first moment, `end` the first one after
    public Page<LogEntry> logs(Grant grant, String region, String idOrName, Instant start,
            Instant end, PageAsk ask) {
        var id = get(grant, region, idOrName, Deleted.HIDDEN).id();
        return database.read(grant, tx -> log.list(tx, paging, ask, id, start, end));
    }

    /// A server's log from now on.
    ///
    /// @param after time of the entry to go on after; `null` to begin with the last ones
    /// @param lines with how many to begin
    FollowedLog follow(Grant grant, String region, String idOrName, @Nullable Instant after,
            int lines) {
        return new FollowedLog(database, grant,
                get(grant, region, idOrName, Deleted.HIDDEN).id(), after, lines);
    }

    /// How many servers each selection has just now, in the same order.
    public List<Capacity> capacities(Tx tx, List<Selector> selectors) {
        return selectors.stream().map(selector -> table.capacity(tx, selector)).toList();
    }

    /// One page of the servers of a selection, wherever they are, the newest first.
    @Page.Of(MachineTable.class)
    public Page<Machine> selected(Tx tx, Selector selector, PageAsk ask) {
        return table.selected(tx, paging, ask, selector);
    }

    /// Gives servers of a selection to an allocation. Whoever gets fewer than it asked for must not
    /// keep them: its transaction is to fail.
    ///
    /// @return their identifiers
    public List<String> allocate(Tx tx, Selector selector, int count, String allocation) {
        var taken = table.take(tx, selector, count, allocation, clock.instant());
        taken.forEach(it -> events.append(tx, MachineEvents.of("allocated", it, "")));
        return taken.stream().map(Machine::id).toList();
    }

    /// Whether nothing is installed on the servers of an allocation any more. What is, is wiped by
    /// runs that this starts.
    ///
    /// @throws Problem.Failure [Problem.Conflict] when one cannot be wiped
    public boolean empty(Grant grant, String allocation) {
        return database.tx(grant, tx -> {
            boolean empty = true;
            for (var machine : table.allocated(tx, allocation)) {
                empty &= isEmpty(tx, machine);
            }
            return empty;
        });
    }

    private boolean isEmpty(Tx tx, Machine machine) {
        verifyUnheld(machine);
        boolean changing = machine.runId() != null
                && !runs.get(tx, machine.runId()).status().isOver();
        var obstacle = machine.state() == Machine.State.FAILED ? "has failed; retry it"
                : machine.state() == Machine.State.MAINTENANCE ? "is in maintenance; end that" : "";
        if (!changing && !obstacle.isEmpty()) {
            throw new Problem.Conflict(
                    KIND, machine.id(), obstacle + ", then release again").raise();
        }
        if (machine.state() == Machine.State.READY && !changing) {
            begin(tx, machine, Change.DEPROVISION.meanwhile(machine.state()),
                    OperateMachine.TYPE,
                    new OperateMachine.Input(machine.id(), Change.DEPROVISION),
                    MachineEvents.scope(machine));
        }
        return machine.state() == Machine.State.ALLOCATED && !changing;
    }

    /// Nobody has the servers of an allocation any more.
    public void free(Tx tx, String allocation) {
        var held = table.allocated(tx, allocation);
        table.free(tx, allocation, clock.instant());
        held.forEach(it -> events.append(tx, MachineEvents.of("available", it, "")));
    }

    @Override
    public List<String> of(Tx tx, Scope project) {
        return table.rows.ofProject(tx, project.requireProject());
    }

    @Override
    public Set<String> projectsIn(Tx tx, String region) {
        return table.rows.projectsIn(tx, region);
    }

    @Override
    public String prefix() {
        return "srv";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.rows.place(tx, id);
    }

    private Machine lock(Tx tx, Grant grant, String region, String idOrName) {
        return table.rows.lock(tx, project(grant), Regions.one(region), idOrName);
    }

    private static String project(Grant grant) {
        return grant.scope().requireProject();
    }
}
