package orrery.server.workspace.workspace;

import jakarta.inject.Singleton;
import java.time.Duration;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.server.compute.cluster.Clusters;
import orrery.server.workspace.blueprint.Blueprints;
import org.jspecify.annotations.Nullable;

/// Takes away all of a workspace, its volumes too. What is gone cannot be brought back, so there
/// is no undo; a failed run is retried.
@Singleton
final class DeleteWorkspace implements Saga<DeleteWorkspace.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("workspace.delete", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(30)).withPoll(Duration.ofSeconds(1)));

    /// @param id of the workspace
    /// @param earlier the run that was working on it and is being cancelled; `null` if none was
    record Input(String id, @Nullable String earlier) {}

    private final Workspaces workspaces;
    private final Blueprints blueprints;
    private final Clusters clusters;
    private final KubeClients clients;
    private final Runs runs;

    DeleteWorkspace(
            Workspaces workspaces, Blueprints blueprints, Clusters clusters,
            KubeClients clients, Runs runs) {
        this.workspaces = workspaces;
        this.blueprints = blueprints;
        this.clusters = clusters;
        this.clients = clients;
        this.runs = runs;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        var workspace = steps.tx("begin", Workspace.class,
                tx -> workspaces.lock(tx, in.id()),
                tx -> workspaces.keep(tx, in.id()));
        var earlier = in.earlier();
        if (earlier != null) {
            steps.await("see the earlier run end",
                    () -> runs.anywhere(steps.grant(), earlier).status().isOver());
        }
        var namespace = workspace.namespace();
        // What stood on a cluster that is gone went with it.
        var exists = steps.run("find the cluster", Boolean.class,
                () -> clusters.byId(steps.grant(), workspace.cluster())
                        .filter(cluster -> cluster.state().isUsable()).isPresent());
        if (exists) {
            steps.run("delete the pod", () -> clients
                    .writer(clusters.target(steps.grant(), workspace.cluster()), steps.fence())
                    .delete(Kind.POD, namespace, workspace.name()));
            steps.await("be gone", () -> clients
                    .view(clusters.target(steps.grant(), workspace.cluster()))
                    .find(Kind.POD, namespace, workspace.name()).isEmpty());
            steps.run("delete the service account", () -> clients
                    .writer(clusters.target(steps.grant(), workspace.cluster()), steps.fence())
                    .delete(Kind.SERVICE_ACCOUNT, namespace, workspace.name()));
            var objects = new WorkspaceObjects(workspace.name(), namespace,
                    workspace.username(), "", blueprints.get(workspace.blueprint()));
            for (var volume : objects.volumes()) {
                var claim = volume.at("/metadata/name").asText();
                steps.run("delete " + claim, () -> clients
                        .writer(clusters.target(steps.grant(), workspace.cluster()),
                                steps.fence())
                        .delete(Kind.PERSISTENT_VOLUME_CLAIM, namespace, claim));
            }
            // The name is free then: a workspace that is made at once must not take over a claim
            // that is on its way out.
            for (var volume : objects.volumes()) {
                var claim = volume.at("/metadata/name").asText();
                steps.await("see " + claim + " gone", () -> clients
                        .view(clusters.target(steps.grant(), workspace.cluster()))
                        .find(Kind.PERSISTENT_VOLUME_CLAIM, namespace, claim).isEmpty());
            }
        }
        steps.tx("remove", tx -> workspaces.remove(tx, in.id()));
    }
}
