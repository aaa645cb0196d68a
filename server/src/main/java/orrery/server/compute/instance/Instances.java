package orrery.server.compute.instance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import orrery.kit.Ids;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.events.Events;
import orrery.kit.http.BodyReader;
import orrery.kit.http.Deleted;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Locator;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.compute.instance.Instance.State;
import orrery.server.iam.policy.Reach;
import orrery.server.platform.catalogue.InstanceType.Kind;
import orrery.server.tenancy.project.Contents;
import orrery.server.tenancy.project.Labels;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// The machines of projects: what users may do with them.
@Singleton
public final class Instances implements Contents, Locator {
    static final String KIND = "instance";
    private static final Permission LIST = new Permission("compute.instances.list");

    private final InstanceTable table = new InstanceTable();
    private final Database database;
    private final Projects projects;
    private final Regions regions;
    private final Offers offers;
    private final Nics nics;
    private final Attachments attachments;
    private final Quotas quotas;
    private final Metal metal;
    private final Lifecycle lifecycle;
    private final Events events;
    private final Runs runs;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;
    /// The kind that there is, here; `null` for all.
    private @Nullable Kind only;

    public Instances(Database database, Projects projects, Regions regions, Offers offers,
            Nics nics, Attachments attachments, Quotas quotas, Metal metal, Lifecycle lifecycle,
            Events events, Runs runs, Paging paging, Ids ids, Clock clock) {
        this.database = database;
        this.projects = projects;
        this.regions = regions;
        this.offers = offers;
        this.nics = nics;
        this.attachments = attachments;
        this.quotas = quotas;
        this.metal = metal;
        this.lifecycle = lifecycle;
        this.events = events;
        this.runs = runs;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// The virtual ones alone, as if there were no others.
    Instances vms() {
        var some = new Instances(database, projects, regions, offers, nics, attachments, quotas,
                metal, lifecycle, events, runs, paging, ids, clock);
        some.only = Kind.VM;
        return some;
    }

    /// What became of a request: the machine as it is now, and the run that changes it.
    public record Accepted(Instance instance, Run run) {}

    /// What may be changed of a machine without a run, in full: what it was, or what it shall be.
    /// Its guest is told of new metadata at its next start.
    public record Change(
            @Nullable String displayName,
            @Nullable String description,
            Map<String, String> labels,
            List<Metadatum> metadata) {
        public Change {
            labels = Map.copyOf(labels);
            metadata = List.copyOf(metadata);
            var mistakes = Naming.check(new Mistakes(), null, displayName, description);
            Labels.check(mistakes, "labels", labels);
            Metadatum.check(mistakes, metadata);
            mistakes.orRefuse();
        }
    }

    /// One page of the machines of the grant's project in a region, the newest first.
    ///
    /// @param region code; `global` for all
    public Page<Instance> list(Grant grant, String region, PageAsk ask) {
        return database.read(grant, tx -> table.list(tx, paging, ask,
                Reach.project(project(grant)), regions.checked(tx, region)));
    }

    /// One page of the virtual machines in all projects where the caller may list them, the newest
    /// first.
    ///
    /// @param region code; `global` for all
    public Page<Instance> vms(Grant grant, String region, PageAsk ask) {
        return database.read(grant, tx -> table.vms(tx, paging, ask,
                projects.reach(tx, grant, LIST), regions.checked(tx, region)));
    }

    /// How many virtual machines of a type there are in a zone.
    ///
    /// @param inUse that work, or may be started at any time
    public record Counted(String region, String zone, String type, long inUse, long unhealthy) {}

    /// How many virtual machines there are of each type, in zones that have some.
    ///
    /// @param region code; `null` for all
    public List<Counted> counted(Tx tx, @Nullable String region) {
        return table.counted(tx, region);
    }

    /// @param region code; `global` for any
    /// @param idOrName identifier or name
    /// @param deleted whether one is found that is deleted, too, by identifier
    public Instance get(Grant grant, String region, String idOrName, Deleted deleted) {
        return database.read(grant, tx -> find(tx, grant, region, idOrName, deleted));
    }

    private Instance find(
            Tx tx, Grant grant, String region, String idOrName, Deleted deleted) {
        return ours(table.rows.get(
                tx, project(grant), Regions.one(region), idOrName, deleted), idOrName);
    }

    /// As it is, unless only another kind is known here.
    private Instance ours(Instance found, String idOrName) {
        if (only != null && found.kind() != only) {
            throw new Problem.NotFound(KIND, idOrName).raise();
        }
        return found;
    }

    /// By identifier, wherever it is.
    ///
    /// @return empty when there never was one
    public Optional<Instance> byId(Grant grant, String id) {
        return database.read(grant, tx -> table.rows.byId(tx, id));
    }

    /// Asks for a machine. A run makes it.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] for what the region does not offer or the
    ///     project does not have, [Problem.AlreadyExists] for the name, [Problem.QuotaExceeded],
    ///     [Problem.PoolExhausted] when no server is left for one of bare metal
    public Accepted create(Grant grant, String region, NewInstance asked) {
        return database.tx(grant, tx -> create(tx, region, asked));
    }

    private Accepted create(Tx tx, String region, NewInstance asked) {
        var grant = tx.grant();
        projects.hold(tx, grant.scope());
        var place = regions.open(tx, region);
        var mistakes = new ArrayList<Mistake>();
        var choice = offers.choose(tx, place, asked, only, mistakes);
        boolean isMetal = choice.type().kind() == Kind.BAREMETAL;
        var id = ids.next("ins");
        var given = isMetal && mistakes.isEmpty()
                ? metal.give(tx, grant.scope(), region, choice, asked, id) : null;
        var run = runs.start(tx, isMetal ? CreateMetal.TYPE : CreateInstance.TYPE,
                new CreateInstance.Input(id), Lifecycle.subject(id));
        var instance = build(grant, region, id, asked, choice, given, run);
        if (!table.insert(tx, instance)) {
            throw new Problem.AlreadyExists(KIND, instance.name()).raise();
        }
        if (!isMetal) {
            nics.take(tx, grant.scope(), region, id, asked.nics(), mistakes);
            attachments.take(tx, instance, asked.disks(), run, mistakes);
        }
        if (!mistakes.isEmpty()) {
            throw new Problem.Unprocessable(mistakes).raise();
        }
        nics.count(tx, id);
        quotas.reserve(tx, grant.scope(), Lifecycle.subject(id), instance.amounts());
        events.append(tx, InstanceEvents.of("instance.created", instance));
        return new Accepted(table.rows.get(tx, id), runs.get(tx, run));
    }

    /// As part of something larger: as [#create(Grant, String, NewInstance)].
    ///
    /// @param body as a POST says it
    public Accepted create(Tx tx, String region, ObjectNode body) {
        return create(tx, region, read(body));
    }

    /// What is wrong with the body of a POST, whatever a region offers.
    public List<Mistake> mistakes(ObjectNode body) {
        try {
            read(body);
            return List.of();
        } catch (Problem.Failure refusal) {
            if (refusal.problem() instanceof Problem.Invalid invalid) {
                return invalid.mistakes();
            }
            throw refusal;
        }
    }

    private NewInstance read(ObjectNode body) {
        return BodyReader.read(InstanceBody.New.class, body.toString().getBytes(
                StandardCharsets.UTF_8), true, clock.instant()).input();
    }

    /// As part of something larger: as [#delete(Grant, String, String, OptionalLong)], and one
    /// that is gone is left alone.
    ///
    /// @param id its identifier
    public void delete(Tx tx, String id) {
        table.rows.findLocked(tx, id).filter(found -> found.deletedAt() == null)
                .ifPresent(found -> delete(tx, found));
    }

    /// Those with these identifiers, deleted ones too. For what other packages made.
    public Map<String, Instance> byIds(Tx tx, Collection<String> ids) {
        return table.rows.all(tx, ids).stream()
                .collect(Collectors.toMap(Instance::id, Function.identity()));
    }

    private Instance build(Grant grant, String region, String id, NewInstance asked,
            Offers.Choice choice, Metal.@Nullable Given given, String run) {
        var now = clock.instant();
        var name = asked.name() == null ? Slug.of(KIND, id) : asked.name();
        return new Instance(id, grant.scope().requireOrganization(), project(grant), region,
                given == null ? choice.zones().getFirst() : given.zone(), name,
                asked.displayName(), asked.description(), asked.labels(),
                choice.type().kind(), choice.type().code(), choice.type().cpuCores(),
                choice.type().ramGb(), choice.gpus(), choice.disks(), List.of(), List.of(),
                List.of(), asked.hostname() == null ? name : asked.hostname(),
                asked.metadata(),
                given == null ? null : given.server(), given == null ? null : given.allocation(),
                State.PROVISIONING, null, run, 1, grant.principal().id(), now, now, null);
    }

    /// Changes texts, labels and what the guest is told.
    ///
    /// @param region code; `global` for any
    /// @param change makes the new ones of the old ones
    /// @param expected the version that the caller knows, if it cares
    public Instance change(Grant grant, String region, String idOrName,
            Function<Instance, Change> change, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            table.describe(tx, found.id(), change.apply(found), clock.instant());
            events.append(tx, InstanceEvents.of("instance.updated", found));
            return table.rows.get(tx, found.id());
        });
    }

    /// Starts, stops, suspends, resumes or resets a machine by a run.
    ///
    /// @param region code; `global` for any
    /// @throws Problem.Failure [Problem.IllegalTransition] in a state that does not allow it,
    ///     [Problem.Conflict] while another run changes the machine
    public Accepted power(Grant grant, String region, String idOrName, Power power,
            OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            Lifecycle.verify(found, power);
            var run = runs.start(tx,
                    found.kind() == Kind.BAREMETAL ? PowerMetal.TYPE : PowerInstance.TYPE,
                    new PowerInstance.Input(found.id(), power, found.state()),
                    Lifecycle.subject(found.id()));
            lifecycle.begin(tx, found, power.through(), run);
            return new Accepted(table.rows.get(tx, found.id()),
                    runs.get(tx, run));
        });
    }

    /// Deletes a machine by a run, whatever else is going on with it. Asked again, it answers with
    /// the same run.
    ///
    /// @param region code; `global` for any
    public Accepted delete(Grant grant, String region, String idOrName,
            OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            if (found.state() != State.DELETING) {
                IfMatch.verify(KIND, found.id(), found.version(), expected);
            }
            return delete(tx, found);
        });
    }

    private Accepted delete(Tx tx, Instance found) {
        if (found.state() == State.DELETING && found.runId() != null) {
            return new Accepted(found, runs.get(tx, found.runId()));
        }
        if (found.runId() != null) {
            runs.stop(tx, found.runId());
        }
        var run = runs.startBeside(tx,
                found.kind() == Kind.BAREMETAL ? DeleteMetal.TYPE : DeleteInstance.TYPE,
                new DeleteInstance.Input(found.id(), found.runId()),
                Lifecycle.subject(found.id()), tx.grant().scope().within(found.project()));
        lifecycle.begin(tx, found, State.DELETING, run);
        return new Accepted(table.rows.get(tx, found.id()), runs.get(tx, run));
    }

    @Override
    public List<String> of(Tx tx, Scope project) {
        return table.rows.ofProject(tx, project.requireProject());
    }

    @Override
    public Layer layer() {
        return Layer.MACHINES;
    }

    @Override
    public List<String> clear(Tx tx, Scope project) {
        return table.rows.inProject(tx, project.requireProject()).stream()
                .map(id -> delete(tx, table.rows.lock(tx, id)).run().id())
                .toList();
    }

    @Override
    public Set<String> projectsIn(Tx tx, String region) {
        return table.rows.projectsIn(tx, region);
    }

    @Override
    public String prefix() {
        return "ins";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.rows.place(tx, id);
    }

    private Instance lock(Tx tx, Grant grant, String region, String idOrName) {
        return ours(table.rows.lock(
                tx, project(grant), Regions.one(region), idOrName), idOrName);
    }

    private static String project(Grant grant) {
        return grant.scope().requireProject();
    }
}
