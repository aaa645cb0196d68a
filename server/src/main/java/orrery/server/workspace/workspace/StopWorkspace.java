package orrery.server.workspace.workspace;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.server.compute.cluster.Clusters;
import orrery.server.workspace.workspace.Workspace.Status;

/// Takes a workspace's pod away. There is nothing to undo: a pod that is going cannot be kept, and
/// the volumes stay.
@Singleton
final class StopWorkspace implements Saga<StopWorkspace.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("workspace.stop", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(30)).withPoll(Duration.ofSeconds(1)));

    /// @param id of the workspace
    record Input(String id) {}

    private final Workspaces workspaces;
    private final Clusters clusters;
    private final KubeClients clients;

    StopWorkspace(Workspaces workspaces, Clusters clusters, KubeClients clients) {
        this.workspaces = workspaces;
        this.clusters = clusters;
        this.clients = clients;
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
                        "It could not be stopped", 0)));
        steps.run("delete the pod", () -> clients
                .writer(clusters.target(steps.grant(), workspace.cluster()), steps.fence())
                .delete(Kind.POD, workspace.namespace(), workspace.name()));
        steps.await("be gone", () -> clients
                .view(clusters.target(steps.grant(), workspace.cluster()))
                .find(Kind.POD, workspace.namespace(), workspace.name()).isEmpty());
        steps.tx("mark stopped", tx -> workspaces.observe(tx, in.id(),
                new PodState(Status.Stopped, "Workspace pod is stopped", 0)));
    }
}
