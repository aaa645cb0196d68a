package orrery.server.compute.storage;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
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
import orrery.kit.http.Deleted;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Locator;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.compute.storage.Volume.State;
import orrery.server.iam.policy.Reach;
import orrery.server.infrastructure.storage.Backend;
import orrery.server.infrastructure.storage.Backends;
import orrery.server.tenancy.project.Contents;
import orrery.server.tenancy.project.Labels;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.quota.Amounts;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.Region;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// The volumes of projects: what users may do with them, and what machines do.
@Singleton
public final class Volumes implements Contents, Locator {
    static final String KIND = "volume";
    private static final Permission LIST = new Permission("compute.storage.list");

    private final VolumeTable table = new VolumeTable();
    private final Database database;
    private final Projects projects;
    private final Regions regions;
    private final Backends backends;
    private final Quotas quotas;
    private final Lifecycle lifecycle;
    private final Events events;
    private final Runs runs;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Volumes(Database database, Projects projects, Regions regions, Backends backends,
            Quotas quotas, Lifecycle lifecycle, Events events, Runs runs, Paging paging, Ids ids,
            Clock clock) {
        this.database = database;
        this.projects = projects;
        this.regions = regions;
        this.backends = backends;
        this.quotas = quotas;
        this.lifecycle = lifecycle;
        this.events = events;
        this.runs = runs;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// What became of a request.
    ///
    /// @param run `null` when everything is done already
    public record Accepted(Volume volume, @Nullable Run run) {}

    /// What a volume shall be, in full.
    public record Change(
            @Nullable String displayName,
            @Nullable String description,
            Map<String, String> labels,
            int sizeGb) {
        public Change {
            labels = Map.copyOf(labels);
            var mistakes = Naming.check(new Mistakes(), null, displayName, description);
            Labels.check(mistakes, "labels", labels);
            NewVolume.checkSize(mistakes, sizeGb);
            mistakes.orRefuse();
        }
    }

    /// One page of the volumes of the grant's project in a region, the newest first.
    ///
    /// @param region code; `global` for all
    public Page<Volume> list(Grant grant, String region, PageAsk ask) {
        return database.read(grant, tx -> table.list(tx, paging, ask,
                Reach.project(project(grant)), regions.checked(tx, region)));
    }

    /// As [#list], of all projects whose volumes the caller may list.
    public Page<Volume> everywhere(Grant grant, String region, PageAsk ask) {
        return database.read(grant, tx -> table.list(tx, paging, ask,
                projects.reach(tx, grant, LIST), regions.checked(tx, region)));
    }

    /// @param region code; `global` for any
    /// @param idOrName identifier or name
    /// @param deleted whether one is found that is deleted, too, by identifier
    public Volume get(Grant grant, String region, String idOrName, Deleted deleted) {
        return database.read(grant, tx -> find(tx, grant.scope(), region, idOrName, deleted));
    }

    /// By identifier, wherever it is.
    ///
    /// @return empty when there never was one
    public Optional<Volume> byId(Grant grant, String id) {
        return database.read(grant, tx -> table.rows.byId(tx, id));
    }

    /// Asks for a volume. A run makes it.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] for what the region does not offer,
    ///     [Problem.AlreadyExists] for the name, [Problem.PoolExhausted], [Problem.QuotaExceeded]
    public Accepted create(Grant grant, String region, NewVolume asked) {
        return database.tx(grant, tx -> {
            projects.hold(tx, grant.scope());
            var place = regions.open(tx, region);
            var id = ids.next("vol");
            var subject = Lifecycle.subject(id);
            var backend = backends.reserve(
                    tx, place, asked.type(), asked.zone(), subject, asked.sizeGb());
            var run = runs.start(tx, CreateVolume.TYPE, new CreateVolume.Input(id), subject);
            var volume = build(grant, place, id, asked, backend, run);
            if (!table.insert(tx, volume)) {
                throw new Problem.AlreadyExists(KIND, volume.name()).raise();
            }
            quotas.reserve(tx, grant.scope(), subject, Amounts.storage(asked.sizeGb()));
            events.append(tx, VolumeEvents.of("volume.created", volume));
            return accepted(tx, id, run);
        });
    }

    private Volume build(Grant grant, Region region, String id, NewVolume asked,
            Backend backend, String run) {
        var now = clock.instant();
        return new Volume(id, grant.scope().requireOrganization(), project(grant), region.code(),
                backend.zone() == null ? asked.zone() : backend.zone(),
                asked.name() == null ? Slug.of(KIND, id) : asked.name(), asked.displayName(),
                asked.description(), asked.labels(), backend.id(), backend.storageClass(),
                backend.type(), asked.sizeGb(), null, null, State.CREATING, null, run, 1,
                grant.principal().id(), now, now, null);
    }

    /// Changes texts and labels at once, and the size by a run.
    ///
    /// @param region code; `global` for any
    /// @param change makes the new ones of the old ones
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure for another size: [Problem.Unprocessable] for a smaller one,
    ///     [Problem.IllegalTransition] in a state that does not allow it, [Problem.Conflict] while
    ///     a run changes it, [Problem.PoolExhausted], [Problem.QuotaExceeded]
    public Accepted change(Grant grant, String region, String idOrName,
            Function<Volume, Change> change, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant.scope(), region, idOrName, expected);
            var wanted = change.apply(found);
            table.rows.describe(tx, found.id(), wanted.displayName(), wanted.description(),
                    wanted.labels(), clock.instant());
            events.append(tx, VolumeEvents.of("volume.updated", found));
            var run = wanted.sizeGb() == found.sizeGb() ? null
                    : resize(tx, found, wanted.sizeGb());
            return accepted(tx, found.id(), run);
        });
    }

    private String resize(Tx tx, Volume found, int sizeGb) {
        if (sizeGb < found.sizeGb()) {
            throw new Problem.Unprocessable(List.of(new Mistake("sizeGb",
                    "must be at least " + found.sizeGb() + ": volumes only grow"))).raise();
        }
        Lifecycle.verify(found, State.RESIZING);
        var run = runs.start(tx, ResizeVolume.TYPE,
                new ResizeVolume.Input(found.id(), sizeGb), Lifecycle.subject(found.id()));
        lifecycle.resizing(tx, found.id(), sizeGb, run);
        return run;
    }

    /// Deletes a volume that no machine has by a run, whatever else is going on with it. Asked
    /// again, it answers with the same run.
    ///
    /// @param region code; `global` for any
    /// @throws Problem.Failure [Problem.InUse] while a machine or a job has it
    public Accepted delete(Grant grant, String region, String idOrName, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant.scope(), region, idOrName, OptionalLong.empty());
            if (found.state() != State.DELETING) {
                IfMatch.verify(KIND, found.id(), found.version(), expected);
            }
            return delete(tx, found);
        });
    }

    private Accepted delete(Tx tx, Volume found) {
        if (found.state() == State.DELETING && found.runId() != null) {
            return accepted(tx, found.id(), found.runId());
        }
        verifyFree(found);
        if (found.runId() != null) {
            runs.stop(tx, found.runId());
        }
        var run = runs.startBeside(tx, DeleteVolume.TYPE,
                new DeleteVolume.Input(found.id(), found.runId()),
                Lifecycle.subject(found.id()), tx.grant().scope().within(found.project()));
        lifecycle.begin(tx, found, State.DELETING, run);
        return accepted(tx, found.id(), run);
    }

    static void verifyFree(Volume volume) {
        var user = volume.user();
        if (user != null) {
            throw new Problem.InUse(KIND, volume.id(), List.of(user.kind() + "/" + user.id()))
                    .raise();
        }
    }

    /// One as it is just now, for a machine; nobody else changes it until the transaction ends.
    /// Who locks a machine, too, does that first.
    ///
    /// @param region code; `global` for any
    /// @param expected the version that the caller knows, if it cares
    public Volume lock(
            Tx tx, Scope project, String region, String idOrName, OptionalLong expected) {
        var found = table.rows.lock(
                tx, project.requireProject(), Regions.one(region), idOrName);
        IfMatch.verify(KIND, found.id(), found.version(), expected);
        return found;
    }

    /// As [#lock], empty where there is none.
    public Optional<Volume> seek(Tx tx, Scope project, String region, String idOrName) {
        return table.rows.findLocked(
                tx, project.requireProject(), Regions.one(region), idOrName);
    }

    /// One in a project, as part of something larger.
    ///
    /// @param region code; `global` for any
    public Volume find(
            Tx tx, Scope project, String region, String idOrName, Deleted deleted) {
        return table.rows.get(
                tx, project.requireProject(), Regions.one(region), idOrName, deleted);
    }

    /// A run gives it to a machine.
    ///
    /// @param volume locked
    /// @throws Problem.Failure [Problem.IllegalTransition] when it is not available,
    ///     [Problem.Conflict] while another run changes it
    public void attach(Tx tx, Volume volume, String instance, String run) {
        lifecycle.attach(tx, volume, instance, run);
    }

    /// A training job has it until [#returned].
    ///
    /// @param volume locked, and available
    /// @throws Problem.Failure [Problem.Conflict] while a run changes it
    void lend(Tx tx, Volume volume, String training) {
        lifecycle.lent(tx, volume, training);
    }

    /// A training job has ended: what it had is free.
    void returned(Tx tx, String training) {
        table.ofTraining(tx, training).forEach(id -> lifecycle.returned(tx, id));
    }

    /// A run begins to take it from its machine.
    ///
    /// @param volume locked
    public void detaching(Tx tx, Volume volume, String run) {
        lifecycle.detaching(tx, volume, run);
    }

    /// A machine has it no more. Doing so again changes nothing.
    public void left(Tx tx, String id, String instance) {
        lifecycle.left(tx, id, instance);
    }

    /// A machine is gone: what it had is free.
    public void freed(Tx tx, String instance) {
        table.ofInstance(tx, instance).forEach(id -> lifecycle.left(tx, id, instance));
    }

    @Override
    public List<String> of(Tx tx, Scope project) {
        return table.rows.ofProject(tx, project.requireProject());
    }

    @Override
    public Layer layer() {
        return Layer.PARTS;
    }

    @Override
    public List<String> clear(Tx tx, Scope project) {
        return table.rows.inProject(tx, project.requireProject()).stream()
                .map(id -> delete(tx, table.rows.lock(tx, id)).volume().runId())
                .toList();
    }

    @Override
    public Set<String> projectsIn(Tx tx, String region) {
        return table.rows.projectsIn(tx, region);
    }

    @Override
    public String prefix() {
        return "vol";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.rows.place(tx, id);
    }

    private Accepted accepted(Tx tx, String id, @Nullable String run) {
        return new Accepted(table.rows.get(tx, id), run == null ? null : runs.get(tx, run));
    }

    private static String project(Grant grant) {
        return grant.scope().requireProject();
    }
}
