package orrery.server.tenancy.project;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import orrery.kit.access.Scope;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.server.tenancy.project.Contents.Layer;
import orrery.server.tenancy.project.ProjectDeletions.Begun;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Region;
import orrery.server.tenancy.region.Regions;

/// Deletes a project with all that is in it, layer by layer, and its namespace in every region.
/// What is gone cannot be brought back: when something cannot be deleted the project stays, with
/// what is left in it.
@Singleton
final class DeleteProject implements Saga<DeleteProject.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("project.delete", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofHours(6))
                    .withAttempts(10, Duration.ofMillis(500)));

    /// Each round deletes something, or the run fails: this is for what never becomes less.
    private static final int MOST_ROUNDS = 10_000;

    record Input(String organization, String project) {}

    /// Codes of the regions that may have the project's namespace.
    record Codes(List<String> codes) {}

    private final ProjectDeletions deletions;
    private final Regions regions;
    private final KubeClients clients;

    DeleteProject(ProjectDeletions deletions, Regions regions, KubeClients clients) {
        this.deletions = deletions;
        this.regions = regions;
        this.clients = clients;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        var project = Scope.project(in.organization(), in.project());
        steps.tx("begin", tx -> deletions.claim(tx, project),
                tx -> deletions.keep(tx, project));
        for (var layer : Layer.values()) {
            if (layer != Layer.KEPT) {
                clear(steps, project, layer);
            }
        }
        var all = steps.run("find regions", Codes.class, () -> new Codes(
                regions.list(steps.grant()).stream()
                        .filter(region -> region.state() != Region.State.DISABLED)
                        .map(Region::code).toList()));
        for (var region : all.codes()) {
            steps.run("delete namespace in " + region, () -> deleteNamespace(steps, in, region));
            steps.await("see namespace gone in " + region,
                    () -> !hasNamespace(steps, in, region));
        }
        steps.tx("forget", tx -> deletions.forget(tx, project));
    }

    private void clear(Steps steps, Scope project, Layer layer) {
        for (int round = 1; round <= MOST_ROUNDS; round++) {
            var begun = steps.tx("clear " + layer + " " + round, Begun.class,
                    tx -> deletions.clear(tx, project, layer));
            if (begun.isEmpty()) {
                return;
            }
            for (var run : begun.runs()) {
                steps.await("see " + run + " end",
                        () -> deletions.isDone(steps, run));
            }
        }
        throw new IllegalStateException(layer + " of " + project + " never become empty");
    }

    private void deleteNamespace(Steps steps, Input in, String region) {
        if (hasNamespace(steps, in, region)) {
            clients.writer(regions.target(steps.grant(), region), steps.fence())
                    .delete(Kind.NAMESPACE, null, ProjectNamespace.name(in.project()));
        }
    }

    private boolean hasNamespace(Steps steps, Input in, String region) {
        return clients.view(regions.target(steps.grant(), region))
                .find(Kind.NAMESPACE, null, ProjectNamespace.name(in.project()))
                .isPresent();
    }
}
