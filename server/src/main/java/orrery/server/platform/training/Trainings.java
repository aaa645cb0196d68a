package orrery.server.platform.training;

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
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.events.Events;
import orrery.kit.events.Subject;
import orrery.kit.http.Deleted;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Locator;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.kube.FollowedLogs;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.LogPlace;
import orrery.kit.kube.Pods;
import orrery.kit.secret.SealedColumn;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.policy.Reach;
import orrery.server.platform.training.Training.Desired;
import orrery.server.platform.training.Training.Priority;
import orrery.server.platform.training.Training.State;
import orrery.server.tenancy.project.Contents;
import orrery.server.tenancy.project.Labels;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// The training jobs of projects: what users may do with them.
@Singleton
public final class Trainings implements Contents, Locator {
    /// Where their environment and their secret files are sealed.
    public static final SealedColumn SEALED = new SealedColumn("training", "id", "sealed_env");

    static final String KIND = "training";
    private static final Permission LIST = new Permission("ai.training.list");

    private final TrainingTable table = new TrainingTable();
    private final TrainingLifecycle lifecycle;
    private final TrainingObjects objects;
    private final Database database;
    private final Projects projects;
    private final Policies policies;
    private final Regions regions;
    private final Events events;
    private final Runs runs;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Trainings(TrainingLifecycle lifecycle, TrainingObjects objects, Database database,
            Projects projects, Policies policies, Regions regions, Events events, Runs runs,
            Paging paging, Ids ids, Clock clock) {
        this.lifecycle = lifecycle;
        this.objects = objects;
        this.database = database;
        this.projects = projects;
        this.policies = policies;
        this.regions = regions;
        this.events = events;
        this.runs = runs;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// What became of a request.
    ///
    /// @param run that changes it; `null` when everything is done already
    public record Accepted(Training training, @Nullable Run run) {}

    /// All of a job that may change, in full: what it was, or what it shall become.
    public record Change(
            @Nullable String displayName, Map<String, String> labels, Priority priority) {
        public Change {
            labels = Map.copyOf(labels);
            var mistakes = Naming.check(new Mistakes(), null, displayName, null);
            Labels.check(mistakes, "labels", labels);
            mistakes.orRefuse();
        }
    }

    static Subject subject(String id) {
        return new Subject(KIND, id);
    }

    /// One page of those of the grant's project in a region, the newest first.
    ///
    /// @param region code; `global` for all
    public Page<Training> list(Grant grant, String region, PageAsk ask) {
        return database.read(grant, tx -> table.list(tx, paging, ask,
                Reach.project(project(grant)), regions.checked(tx, region)));
    }

    /// As [#list], of all projects whose jobs the caller may list.
    public Page<Training> visible(Grant grant, String region, PageAsk ask) {
        return database.read(grant, tx -> table.list(tx, paging, ask,
                policies.reach(tx, grant.principal(), LIST), regions.checked(tx, region)));
    }

    /// @param region code; `global` for any
    /// @param idOrName identifier or name
    /// @param deleted whether one is found that is deleted, too, by identifier
    public Training get(Grant grant, String region, String idOrName, Deleted deleted) {
        return database.read(grant, tx -> table.rows.get(
                tx, project(grant), Regions.one(region), idOrName, deleted));
    }

    /// Asks for a job. A run puts it into the region's queue.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] for the name, [Problem.QuotaExceeded],
    ///     [Problem.Unprocessable] for volumes that it cannot have
    public Accepted create(Grant grant, String region, NewTraining asked) {
        return database.tx(grant, tx -> {
            projects.hold(tx, grant.scope());
            regions.open(tx, region);
            var id = ids.next("trn");
            var run = runs.start(tx, CreateTraining.TYPE, new CreateTraining.Input(id),
                    subject(id));
            var training = build(grant, region, id, asked, run,
                    lifecycle.take(tx, grant.scope(), region, id, asked.work()));
            if (!table.insert(tx, training, lifecycle.seal(
                    id, new TrainingLifecycle.Sealed(asked.env(), asked.secrets())))) {
                throw new Problem.AlreadyExists(KIND, training.name()).raise();
            }
            lifecycle.reserve(tx, training);
            events.append(tx, TrainingEvents.of("created", training));
            return new Accepted(table.rows.get(tx, id), runs.get(tx, run));
        });
    }

    private Training build(Grant grant, String region, String id, NewTraining asked, String run,
            Work work) {
        var now = clock.instant();
        return new Training(id, grant.scope().requireOrganization(), project(grant), region,
                asked.name() == null ? Slug.of(KIND, id) : asked.name(), asked.displayName(),
                asked.description(), asked.labels(), State.QUEUED, null, asked.priority(),
                Desired.RUNNING, work, 1, null, null, null, run, 1,
                grant.principal().id(), now, now, null);
    }

    /// Changes texts at once, and its priority by a run.
    ///
    /// @param change makes the new ones of the old ones
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.IllegalTransition] for another priority when it has ended
    public Accepted change(Grant grant, String region, String idOrName,
            Function<Training, Change> change, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            var to = change.apply(found);
            table.describe(tx, found.id(), to.displayName(), to.labels(), clock.instant());
            events.append(tx, TrainingEvents.of("updated", found));
            var run = to.priority() == found.priority() ? null
                    : want(tx, found, found.desired(), to.priority(), "change the priority");
            return accepted(tx, found, run);
        });
    }

    /// Holds a job back: it gives up its nodes until it is resumed.
    public Accepted suspend(Grant grant, String region, String idOrName) {
        return turn(grant, region, idOrName, Desired.SUSPENDED, "suspend");
    }

    /// Undoes [#suspend]: it queues again.
    public Accepted resume(Grant grant, String region, String idOrName) {
        return turn(grant, region, idOrName, Desired.RUNNING, "resume");
    }

    private Accepted turn(Grant grant, String region, String idOrName, Desired desired,
            String action) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            if (found.desired() == desired) {
                throw illegal(found, action);
            }
            return accepted(tx, found, want(tx, found, desired, found.priority(), action));
        });
    }

    private Run want(Tx tx, Training found, Desired desired, Priority priority, String action) {
        if (!found.state().isAlive()) {
            throw illegal(found, action);
        }
        var run = runs.start(tx, UpdateTraining.TYPE,
                new UpdateTraining.Input(found.id(), desired, priority), subject(found.id()));
        lifecycle.changing(tx, found, run);
        events.append(tx, TrainingEvents.of("updating", found));
        return runs.get(tx, run);
    }

    /// Ends a job, whatever else is going on with it. Asked again, it answers with the same run.
    ///
    /// @throws Problem.Failure [Problem.IllegalTransition] when it has ended
    public Accepted cancel(Grant grant, String region, String idOrName) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            return found.state() == State.CANCELLING && found.runId() != null
                    ? new Accepted(found, runs.get(tx, found.runId()))
                    : accepted(tx, found, end(tx, found, null));
        });
    }

    /// Ends a job whose time is over.
    void end(Grant grant, String id) {
        database.write(grant, tx -> {
            var found = lifecycle.lock(tx, id);
            if (found.runsUntil() != null && !found.runsUntil().isAfter(clock.instant())) {
                end(tx, found, "It ran for longer than its maxRuntimeSeconds.");
            }
        });
    }

    private Run end(Tx tx, Training found, @Nullable String overdue) {
        if (!found.state().isAlive()) {
            throw illegal(found, "cancel");
        }
        if (found.runId() != null) {
            runs.stop(tx, found.runId());
        }
        var run = runs.startBeside(tx, CancelTraining.TYPE, new CancelTraining.Input(found.id(),
                found.state(), found.runId(), overdue), subject(found.id()),
                tx.grant().scope().within(found.place()));
        lifecycle.cancelling(tx, found, run, overdue == null ? "" : overdue);
        return runs.get(tx, run);
    }

    /// Deletes a job that has ended. Asked again, it answers with the same run.
    ///
    /// @throws Problem.Failure [Problem.IllegalTransition] when it has not ended
    public Accepted delete(Grant grant, String region, String idOrName, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            if (found.state() == State.DELETING && found.runId() != null) {
                return new Accepted(found, runs.get(tx, found.runId()));
            }
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            if (!found.state().isTerminal()) {
                throw illegal(found, "delete");
            }
            return accepted(tx, found, runs.get(tx, delete(tx, found)));
        });
    }

    private String delete(Tx tx, Training found) {
        var run = runs.start(tx, DeleteTraining.TYPE,
                new DeleteTraining.Input(found.id(), found.state()), subject(found.id()),
                tx.grant().scope().within(found.place()));
        lifecycle.deleting(tx, found, run);
        return run;
    }

    /// Ends one that has not ended, and deletes one that has.
    private String remove(Tx tx, Training found) {
        if (found.state().isTerminal()) {
            return delete(tx, found);
        }
        boolean isLeaving = found.state() == State.CANCELLING || found.state() == State.DELETING;
        return isLeaving && found.runId() != null
                ? found.runId() : end(tx, found, null).id();
    }

    /// The end of what its nodes have printed.
    ///
    /// @param lines at most so many
    /// @throws Problem.Failure [Problem.Unavailable] when the region does not answer
    public Pods.Log log(Grant grant, String region, String idOrName, int lines) {
        var training = get(grant, region, idOrName, Deleted.HIDDEN);
        try {
            return new Pods(objects.view(grant, training.region()), TrainJobs.namespace(training),
                    TrainJobs.pods(training)).log(TrainJobs.NODE, lines);
        } catch (KubeFailure failure) {
            throw failure.problem("region " + training.region()).raise();
        }
    }

    /// What its nodes print from now on, until it has ended.
    ///
    /// @param lines of each node to begin with
    /// @param after where to go on
    public FollowedLogs follow(
            Grant grant, String region, String idOrName, int lines, LogPlace after) {
        var training = get(grant, region, idOrName, Deleted.HIDDEN);
        return new FollowedLogs(objects.view(grant, training.region()), new FollowedLogs.Of(
                TrainJobs.namespace(training), TrainJobs.pods(training), TrainJobs.NODE, lines,
                after), clock, () -> hasEnded(grant, training.id()));
    }

    private boolean hasEnded(Grant grant, String id) {
        return database.read(grant, tx -> table.rows.byId(tx, id))
                .filter(it -> it.deletedAt() == null && !it.state().isTerminal()).isEmpty();
    }

    @Override
    public List<String> of(Tx tx, Scope project) {
        return table.rows.ofProject(tx, project.requireProject());
    }

    @Override
    public Layer layer() {
        return Layer.WORKLOADS;
    }

    @Override
    public List<String> clear(Tx tx, Scope project) {
        return table.rows.inProject(tx, project.requireProject()).stream()
                .map(id -> remove(tx, table.rows.lock(tx, id))).toList();
    }

    @Override
    public Set<String> projectsIn(Tx tx, String region) {
        return table.rows.projectsIn(tx, region);
    }

    @Override
    public String prefix() {
        return "trn";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.rows.place(tx, id);
    }

    private Accepted accepted(Tx tx, Training found, @Nullable Run run) {
        return new Accepted(table.rows.get(tx, found.id()), run);
    }

    private static Problem.Failure illegal(Training training, String action) {
        return new Problem.IllegalTransition(KIND, training.id(),
                TrainingEvents.text(training.state()), action).raise();
    }

    private Training lock(Tx tx, Grant grant, String region, String idOrName) {
        return table.rows.lock(tx, project(grant), Regions.one(region), idOrName);
    }

    private static String project(Grant grant) {
        return grant.scope().requireProject();
    }
}
