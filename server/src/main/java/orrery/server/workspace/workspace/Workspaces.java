package orrery.server.workspace.workspace;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Runs;
import orrery.kit.durable.SagaType;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeView;
import orrery.server.auth.personaltoken.PersonalTokens;
import orrery.server.compute.cluster.Cluster;
import orrery.server.compute.cluster.Clusters;
import orrery.server.iam.user.Users;
import orrery.server.tenancy.project.Contents;
import orrery.server.tenancy.project.Projects;
import orrery.server.workspace.blueprint.Blueprints;
import orrery.server.workspace.workspace.Workspace.Status;
import org.jspecify.annotations.Nullable;

/// What people may do with their workspaces.
@Singleton
public final class Workspaces implements Contents {
    public static final String KIND = "workspace";

    /// Whom the token of a workspace's pod is for: the control plane, and nobody else.
    public static final String AUDIENCE = "orrery-workspace";

    /// Types of the events that tell how a job goes.
    public static final String STATUS_EVENT = "workspace.status";
    public static final String PROGRESS_EVENT = "workspace.progress";

    private static final Permission CREATE = new Permission("workspace.workspaces.create");
    private static final Permission CONNECT =
            new Permission("workspace.workspaces.connect");
    private static final String NAMESPACE = "orrery-workspaces";
    private static final int LONGEST_LIST = 1_000;
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private final WorkspaceTable table = new WorkspaceTable();
    private final Access access;
    private final Database database;
    private final Users users;
    private final Projects projects;
    private final Blueprints blueprints;
    private final Clusters clusters;
    private final KubeClients clients;
    private final PersonalTokens tokens;
    private final Events events;
    private final Runs runs;
    private final Ids ids;
    private final Clock clock;

    public Workspaces(Access access, Database database, Users users, Projects projects,
            Blueprints blueprints, Clusters clusters, KubeClients clients, PersonalTokens tokens,
            Events events, Runs runs, Ids ids, Clock clock) {
        this.access = access;
        this.database = database;
        this.users = users;
        this.projects = projects;
        this.blueprints = blueprints;
        this.clusters = clusters;
        this.clients = clients;
        this.tokens = tokens;
        this.events = events;
        this.runs = runs;
        this.ids = ids;
        this.clock = clock;
    }

    /// The caller's own, newest first.
    public List<Workspace> list(Grant grant) {
        return database.read(grant, tx -> table.list(tx, LONGEST_LIST));
    }

    /// @throws Problem.Failure [Problem.NotFound] when the caller has none of that name
    public Workspace get(Grant grant, String name) {
        return database.read(grant, tx -> find(tx, name));
    }

    /// Creates a workspace, or starts the one that the same request created before. Its volumes
    /// are kept in any case.
    ///
    /// @param username the caller's own; may be left out
    /// @param blueprint name of the blueprint, or `null` for the first one
    /// @param cluster name of the cluster, or `null` where there is only one to choose, or where
    ///     the workspace was created before
    /// @throws Problem.Failure [Problem.Conflict] when it runs already, is on its way out or
    ///     stands on another cluster, [Problem.IllegalTransition] while the cluster's project is
    ///     deleted
    public Workspace create(Grant grant, @Nullable String username, @Nullable String blueprint,
            @Nullable String cluster) {
        var chosen = blueprints.get(blueprint);
        var owner = database.read(grant, tx -> users.get(tx, grant.principal().id()));
        if (username != null && !username.equals(owner.username())) {
            throw new Problem.Forbidden("workspace.workspaces.create", "for " + username).raise();
        }
        var asked = UserString.of(owner.username(), blueprint);
        var place = cluster(grant, cluster, asked.workspaceName());
        access.require(grant.call(), CREATE, scope(place));
        return database.tx(grant, tx -> {
            projects.hold(tx, scope(place));
            var known = table.find(tx, asked.workspaceName());
            known.filter(it -> !it.cluster().equals(place.id())).ifPresent(it -> {
                throw new Problem.Conflict(KIND, it.name(), "it stands on another cluster than "
                        + place.name() + "; leave out the cluster, or delete it first").raise();
            });
            var workspace = known.isPresent() ? known.get() : insert(tx, new Workspace(
                    ids.next("wsp"), asked.workspaceName(), owner.id(), owner.username(),
                    grant.scope().requireOrganization(), asked.text(), chosen.name(),
                    place.id(), NAMESPACE, chosen.image(), chosen.cpu(), chosen.memory(),
                    Status.Stopped, "", 0, null, 0, 1, clock.instant(), clock.instant(), null));
            return switch (workspace.status()) {
                case Running -> throw new Problem.Conflict(
                        KIND, workspace.name(), "it exists already, and runs").raise();
                case Stopping, Terminating -> throw new Problem.Conflict(KIND, workspace.name(),
                        "it is on its way out; ask again when it is gone").raise();
                case Starting, Warning, Pulling -> workspace;
                case Failing, Stopped, Error, Unknown -> start(tx, workspace, Status.Starting,
                        "Waiting to be started", CreateWorkspace.TYPE,
                        new CreateWorkspace.Input(workspace.id()));
            };
        });
    }

    /// Stops a workspace: its pod goes, its volumes stay. Does nothing to a stopped one.
    public Workspace stop(Grant grant, String name) {
        return database.tx(grant, tx -> {
            var workspace = find(tx, name);
            return switch (workspace.status()) {
                case Stopped, Stopping, Terminating -> workspace;
                case Starting, Warning, Pulling -> throw new Problem.Conflict(KIND, name,
                        "it is being started; delete it to cancel that").raise();
                case Running, Failing, Error, Unknown -> start(tx, workspace, Status.Stopping,
                        "Stopping", StopWorkspace.TYPE, new StopWorkspace.Input(workspace.id()));
            };
        });
    }

    /// Deletes a workspace with its volumes, whatever else is going on with it. Asked again, it
    /// answers with the same job.
    public Workspace delete(Grant grant, String name) {
        return database.tx(grant, tx -> delete(tx, find(tx, name), grant.scope()));
    }

    /// Deletes all workspaces of a person who goes, with their volumes.
    ///
    /// @param organization which the person leaves; `null` for all
    public void deleteAll(Tx tx, String person, @Nullable String organization) {
        table.ofPerson(tx, person, organization)
                .forEach(one -> delete(tx, one, tx.grant().scope()));
    }

    /// Those that stand on clusters of the project.
    @Override
    public List<String> of(Tx tx, Scope project) {
        return table.on(tx, clusters.inProject(tx, project)).stream()
                .map(one -> "workspace/" + one.name()).toList();
    }

    @Override
    public Layer layer() {
        return Layer.WORKLOADS;
    }

    @Override
    public List<String> clear(Tx tx, Scope project) {
        return table.on(tx, clusters.inProject(tx, project)).stream()
                .map(one -> String.valueOf(delete(tx, lock(tx, one.id()), project).job()))
                .toList();
    }

    private Workspace delete(Tx tx, Workspace workspace, Scope place) {
        return switch (workspace.status()) {
            case Terminating -> workspace;
            case Starting, Warning, Pulling, Stopping -> {
                var earlier = String.valueOf(workspace.job());
                runs.stop(tx, earlier);
                tell(tx, workspace, Status.Error,
                        "It was cancelled: the workspace is deleted", workspace.progress());
                var input = new DeleteWorkspace.Input(workspace.id(), earlier);
                yield begin(tx, workspace, Status.Terminating, "Deleting",
                        runs.startBeside(tx, DeleteWorkspace.TYPE, input,
                                new Subject(KIND, workspace.id()), place));
            }
            case Running, Failing, Stopped, Error, Unknown -> begin(tx, workspace,
                    Status.Terminating, "Deleting", runs.start(tx, DeleteWorkspace.TYPE,
                            new DeleteWorkspace.Input(workspace.id(), null),
                            new Subject(KIND, workspace.id()), place));
        };
    }

    /// A way into a workspace that is up.
    ///
    /// @throws Problem.Failure [Problem.Conflict] when it is not
    public WorkspaceShell shell(Grant grant, String name) {
        var workspace = get(grant, name);
        if (workspace.status() != Status.Running) {
            throw new Problem.Conflict(KIND, name, "it is " + workspace.status()
                    + ", and must be Running: " + workspace.message()).raise();
        }
        clusters.byId(grant, workspace.cluster())
                .ifPresent(cluster -> access.require(grant.call(), CONNECT, scope(cluster)));
        var home = blueprints.get(workspace.blueprint()).storages().get("home");
        return new WorkspaceShell(name,
                clients.view(clusters.target(grant, workspace.cluster())),
                workspace.namespace(), home == null ? "/" : home.path());
    }

    /// The workspace that a job works on, or worked on until it was deleted a short while ago.
    ///
    /// @throws Problem.Failure [Problem.NotFound] when the caller has no such job
    public Workspace ofJob(Grant grant, String job) {
        return database.read(grant, tx -> table.byJob(tx, job, clock.instant().minus(REMEMBERED)))
                .orElseThrow(() -> new Problem.NotFound("job", job).raise());
    }

    /// Notes what a run sees that starts or stops a workspace, and tells those who watch its job.
    /// A deletion that was asked for meanwhile goes on.
    void observe(Tx tx, String id, PodState seen) {
        table.lock(tx, id).filter(known -> known.status() != Status.Terminating)
                .ifPresent(known -> note(tx, known, seen));
    }

    /// Notes which pod and service account a workspace has now: what they prove, they prove by
    /// these.
    void know(Tx tx, String id, String pod, String account) {
        table.know(tx, id, pod, account);
    }

    /// A workspace that runs, and whose pod proves itself by these.
    ///
    /// @param accountUid of its service account
    public record Proof(Workspace workspace, String podUid, String accountUid) {}

    /// The workspace whose pod this is, as far as our own row says, if it runs or is about to.
    public Optional<Proof> ofPod(Tx tx, String podUid) {
        return table.byPod(tx, podUid);
    }

    /// A workspace's cluster, as we reach it ourselves.
    public KubeView view(Grant grant, Workspace workspace) {
        return clients.view(clusters.target(grant, workspace.cluster()));
    }

    /// Notes that a workspace could not be deleted.
    void keep(Tx tx, String id) {
        table.lock(tx, id).ifPresent(known -> note(tx, known,
                new PodState(Status.Error, "It could not be deleted", 0)));
    }

    private void note(Tx tx, Workspace known, PodState seen) {
        if (known.status() != seen.status() || !known.message().equals(seen.message())) {
            var progress = Progress.next(known.progress(), seen.status());
            table.mark(tx, known.id(), seen, progress, clock.instant());
            tell(tx, known, seen.status(), seen.message(), progress);
        }
    }

    /// The row, for a run that works on it; it is there as long as the run is.
    Workspace lock(Tx tx, String id) {
        return table.lock(tx, id)
                .orElseThrow(() -> new Problem.NotFound(KIND, id).raise());
    }

    /// Forgets a workspace whose objects are gone.
    void remove(Tx tx, String id) {
        table.lock(tx, id).ifPresent(known -> {
            tell(tx, known, Status.Stopped, "Workspace is deleted", Progress.DONE);
            table.delete(tx, id, clock.instant());
            events.append(tx, event(known, "workspace.deleted", Map.of("name", known.name())));
        });
    }

    private Workspace insert(Tx tx, Workspace workspace) {
        if (!table.insert(tx, workspace)) {
            throw new Problem.AlreadyExists(KIND, workspace.name()).raise();
        }
        events.append(tx, event(workspace, "workspace.created",
                Map.of("name", workspace.name(), "cluster", workspace.cluster())));
        return workspace;
    }

    private <I extends Record> Workspace start(Tx tx, Workspace workspace, Status status,
            String message, SagaType<I> saga, I input) {
        var run = runs.start(tx, saga, input, new Subject(KIND, workspace.id()));
        return begin(tx, workspace, status, message, run);
    }

    private Workspace begin(
            Tx tx, Workspace workspace, Status status, String message, String run) {
        table.begin(tx, workspace.id(), status, message, run, clock.instant());
        tokens.endOfWorkspace(tx, workspace.id());
        var begun = lock(tx, workspace.id());
        tell(tx, begun, status, message, 0);
        return begun;
    }

    /// What is seen, and how far its job is: two events, as clients of jobs read them.
    private void tell(Tx tx, Workspace workspace, Status status, String message, int progress) {
        var job = String.valueOf(workspace.job());
        events.append(tx, event(workspace, STATUS_EVENT, Map.of("name", workspace.name(),
                "job", job, "status", status.name(), "message", message)));
        if (progress > workspace.progress()) {
            events.append(tx, event(workspace, PROGRESS_EVENT, Map.of("name", workspace.name(),
                    "job", job, "progress", progress)));
        }
    }

    private static NewEvent event(Workspace workspace, String type, Object data) {
        return NewEvent.of(type, new Subject(KIND, workspace.id()), data);
    }

    private Workspace find(Tx tx, String name) {
        return table.find(tx, name)
                .orElseThrow(() -> new Problem.NotFound(KIND, name).raise());
    }

    /// We act on a cluster as its administrator, so to see it is not enough: the caller must hold
    /// the permission where the cluster lies, too.
    private static Scope scope(Cluster cluster) {
        return Scope.project(cluster.organizationId(), cluster.projectId());
    }

    private Cluster cluster(Grant grant, @Nullable String name, String workspace) {
        if (name != null) {
            return usable(clusters.named(grant, name));
        }
        var known = database.read(grant, tx -> table.find(tx, workspace));
        if (known.isPresent()) {
            return usable(clusters.byId(grant, known.get().cluster())
                    .orElseThrow(() -> new Problem.Conflict(KIND, workspace,
                            "its cluster is not there any more; delete it").raise()));
        }
        var usable = clusters.visible(grant).stream()
                .filter(cluster -> cluster.state().isUsable()).toList();
        if (usable.size() == 1) {
            return usable.getFirst();
        }
        var cause = usable.isEmpty()
                ? "there is no running cluster yet; create one first"
                : "is needed where there is more than one: " + String.join(", ",
                        usable.stream().map(Cluster::name).sorted().limit(20).toList());
        throw new Problem.Invalid(List.of(new Problem.Mistake("cluster", cause))).raise();
    }

    private static Cluster usable(Cluster cluster) {
        return Optional.of(cluster).filter(it -> it.state().isUsable())
                .orElseThrow(() -> new Problem.Conflict("cluster", cluster.name(),
                        "it is " + cluster.state().name().toLowerCase(Locale.ROOT)
                                + "; wait until it runs").raise());
    }
}
