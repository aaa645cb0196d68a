package orrery.server.workspace.workspace;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import orrery.kit.Problem;
import orrery.kit.db.Database;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeView;
import orrery.server.compute.cluster.Clusters;
import orrery.server.workspace.blueprint.Blueprints;
import orrery.server.workspace.workspace.Workspace.Status;

/// Brings a workspace up: its namespace, its volumes if they are not there, its pod.
///
/// When it fails, the pod goes and the volumes stay: they may hold a person's work.
@Singleton
final class CreateWorkspace implements Saga<CreateWorkspace.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("workspace.create", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(30)).withPoll(Duration.ofSeconds(1)));

    /// @param id of the workspace
    record Input(String id) {}

    private final Workspaces workspaces;
    private final Blueprints blueprints;
    private final Clusters clusters;
    private final KubeClients clients;
    private final Database database;
    private final Clock clock;

    CreateWorkspace(Workspaces workspaces, Blueprints blueprints, Clusters clusters,
            KubeClients clients, Database database, Clock clock) {
        this.workspaces = workspaces;
        this.blueprints = blueprints;
        this.clusters = clusters;
        this.clients = clients;
        this.database = database;
        this.clock = clock;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        var workspace = steps.tx("begin", Workspace.class,
                tx -> workspaces.lock(tx, in.id()),
                tx -> workspaces.observe(tx, in.id(), new PodState(Status.Error,
                        "It could not be started: " + workspaces.lock(tx, in.id()).message(), 0)));
        var objects = new WorkspaceObjects(workspace.name(), workspace.namespace(),
                workspace.username(), String.valueOf(workspace.job()),
                blueprints.get(workspace.blueprint()));
        var name = workspace.name();
        var namespace = workspace.namespace();

        steps.run("make the namespace",
                () -> kube(steps, workspace).ensure(objects.surroundings()));
        for (var volume : objects.volumes()) {
            steps.run("make " + volume.at("/metadata/name").asText(),
                    () -> kube(steps, workspace).apply(volume));
        }
        var account = steps.run("make the service account", String.class,
                () -> uid(kube(steps, workspace).apply(objects.account())));
        steps.run("clear an earlier pod", () -> kube(steps, workspace)
                .delete(Kind.POD, namespace, name));
        steps.await("be clear of an earlier pod", () -> view(steps, workspace)
                .find(Kind.POD, namespace, name).isEmpty());
        // Not looked up by name: what is called so then may be somebody else's.
        var pod = steps.run("start the pod", String.class,
                () -> uid(kube(steps, workspace).apply(objects.pod())),
                () -> kube(steps, workspace).delete(Kind.POD, namespace, name));
        steps.tx("know the pod", tx -> workspaces.know(tx, in.id(), pod, account));
        steps.await("be ready", () -> look(steps, workspace));
    }

    private static String uid(ObjectNode object) {
        return object.at("/metadata/uid").asText();
    }

    /// Whether it is ready; tells what is seen to whoever watches the job.
    private boolean look(Steps steps, Workspace workspace) {
        var view = view(steps, workspace);
        var pod = view.find(Kind.POD, workspace.namespace(), workspace.name());
        var seen = unlessGone(
                PodState.of(pod.orElse(null), events(view, workspace), clock.instant()));
        database.write(steps.grant(), tx -> workspaces.observe(tx, workspace.id(), seen));
        return switch (seen.status()) {
            case Running -> true;
            case Failing, Stopped -> throw new Problem.Conflict(
                    Workspaces.KIND, workspace.name(), seen.message()).raise();
            case Starting, Warning, Pulling, Stopping, Terminating, Error, Unknown -> false;
        };
    }

    /// Nobody stopped it: a pod that has ended while it was being started has failed.
    private static PodState unlessGone(PodState seen) {
        return seen.status() == Status.Stopped
                ? new PodState(Status.Failing, "The pod ended as it began: " + seen.message(),
                        seen.restarts())
                : seen;
    }

    /// The pod's events, oldest first.
    private static List<JsonNode> events(KubeView view, Workspace workspace) {
        var events = new ArrayList<JsonNode>();
        for (var event : view.list(Kind.EVENT, workspace.namespace(), null)) {
            if (event.at("/involvedObject/name").asText().equals(workspace.name())) {
                events.add(event);
            }
        }
        events.sort(Comparator.comparing(
                (JsonNode event) -> event.path("lastTimestamp").asText()));
        return events;
    }

    private Kube kube(Steps steps, Workspace workspace) {
        return clients.writer(clusters.target(steps.grant(), workspace.cluster()), steps.fence());
    }

    private KubeView view(Steps steps, Workspace workspace) {
        return clients.view(clusters.target(steps.grant(), workspace.cluster()));
    }
}
