package orrery.server.studio.run;

import jakarta.inject.Singleton;
import java.util.List;
import orrery.kit.db.Jsonb;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.KubeClients;
import orrery.server.compute.cluster.Clusters;
import orrery.server.studio.diagram.Diagrams;
import orrery.server.studio.diagram.Diagrams.Removal;
import orrery.server.studio.run.DiagramRunTable.Placed;

/// Takes everything away that a diagram's runs have put on clusters, the last created first. What
/// is gone cannot be brought back, so there is no undo; a failed run is retried.
@Singleton
final class RemoveDiagram implements Saga<Removal> {
    private final DiagramRunTable table = new DiagramRunTable();
    private final Clusters clusters;
    private final KubeClients clients;
    private final Runs runs;

    RemoveDiagram(Clusters clusters, KubeClients clients, Runs runs) {
        this.clusters = clusters;
        this.clients = clients;
        this.runs = runs;
    }

    /// What there is to remove.
    record Objects(@Jsonb List<Placed> placed) {}

    @Override
    public SagaType<Removal> type() {
        return Diagrams.REMOVE;
    }

    @Override
    public void run(Steps steps, Removal in) {
        var earlier = in.earlier();
        if (earlier != null) {
            steps.await("see the earlier run end",
                    () -> runs.get(steps.grant(), earlier).status().isOver());
        }
        var objects = steps.tx("read", Objects.class,
                tx -> new Objects(table.placed(tx, in.diagram())));
        for (var object : objects.placed()) {
            remove(steps, in.diagram(), object);
        }
    }

    /// Deletes one object, and returns when it is gone: also what a later version has no more.
    void remove(Steps steps, String diagram, Placed object) {
        var name = object.kind() + " " + object.namespace() + "/" + object.name()
                + " on " + object.cluster();
        steps.run("delete " + name, () -> delete(steps, object));
        steps.await("see " + name + " gone", () -> isGone(steps, object));
        steps.tx("forget " + name, tx -> table.gone(tx, diagram, object));
    }

    private void delete(Steps steps, Placed object) {
        if (!isGone(steps, object)) {
            var kube = clients.writer(
                    clusters.target(steps.grant(), object.cluster()), steps.fence());
            kube.view().kind(object.apiVersion(), object.kind()).ifPresent(
                    kind -> kube.delete(kind, object.namespace(), object.name()));
        }
    }

    /// What bears the name of something that a run planned, but was not made by a run, was there
    /// before: that is why the run failed, and it stays.
    private boolean isGone(Steps steps, Placed object) {
        if (!isReachable(steps, object)) {
            return true;
        }
        var view = clients.view(clusters.target(steps.grant(), object.cluster()));
        return view.kind(object.apiVersion(), object.kind())
                .flatMap(kind -> view.find(kind, object.namespace(), object.name()))
                .filter(found -> !RunDiagram.creator(found).isEmpty())
                .isEmpty();
    }

    /// What stood on a cluster that is gone went with it.
    private boolean isReachable(Steps steps, Placed object) {
        return clusters.byId(steps.grant(), object.cluster())
                .filter(cluster -> cluster.state().isUsable()).isPresent();
    }
}
