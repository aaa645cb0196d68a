package orrery.sim.kserve;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.fault.PhasedOperator;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Events;
import orrery.sim.operator.Owners;
import orrery.sim.operator.Pods;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;

/// Serves each InferenceService by a Deployment and a Service, as KServe's Standard mode does:
/// it is ready when the pods are, and the model is loaded.
final class InferenceServices extends PhasedOperator {
    private static final String DEPLOYMENTS = "deployments.apps";

    private final Events events;
    private final Clock clock;

    InferenceServices(Phases phases, Events events, Clock clock) {
        super(Kserve.MANAGER, Kserve.SERVICES, phases);
        this.events = events;
        this.clock = clock;
    }

    @Override
    protected void noticedOther(Cluster cluster, Change change, Consumer<Key> look) {
        switch (change.type()) {
            case DEPLOYMENTS -> Owners.noticed(
                    change, Kserve.SERVICES, "InferenceService", look);
            // A service may have waited for it.
            case Kserve.RUNTIMES, Kserve.CLUSTER_RUNTIMES -> cluster
                    .list(Kserve.SERVICES, change.item().namespace())
                    .forEach(item -> look.accept(item.key()));
            default -> { }
        }
    }

    @Override
    protected Optional<Duration> reconcile(Cluster cluster, Item service) {
        if (Pods.going(service)) {
            return Optional.empty();
        }
        var status = new ServiceStatus(cluster, service, clock);
        var predictor = new Predictor(cluster, service);
        var mistake = predictor.mistake();
        if (mistake.isPresent()) {
            status.invalid(mistake.get());
            return Optional.empty();
        }
        predictor.apply();
        if (predictor.replicas() == 0) {
            status.stopped(predictor.stopped());
            return Optional.empty();
        }
        var deployment = cluster.get(DEPLOYMENTS, service.namespace(), predictor.name());
        if (deployment.isEmpty() || !available(deployment.get())) {
            status.deploying(deployment.map(InferenceServices::reason).orElse("Deployment is"
                    + " being created"));
            return Optional.empty();
        }
        return load(cluster, service, status, deployment.get());
    }

    /// The pods run: the model is fetched and loaded, once for each change of the spec.
    private Optional<Duration> load(Cluster cluster, Item service, ServiceStatus status,
            Item deployment) {
        int copies = deployment.tree().at("/status/availableReplicas").asInt();
        if (status.loaded()) {
            var swing = phases.swing(service);
            if (swing.isPresent() && !swing.get().up()) {
                status.unreachable();
            } else {
                status.ready(copies);
            }
            return swing.map(Phases.Swing::left);
        }
        return switch (phases.turn(cluster, service, "loading")) {
            case Phases.Going going -> {
                status.loading(copies);
                yield going.left();
            }
            case Phases.Failed failed -> {
                status.failed(failed.message());
                events.warning(cluster, service, name(), "ModelLoadFailed", failed.message());
                yield Optional.empty();
            }
            case Phases.Over over -> {
                status.ready(copies);
                events.normal(cluster, service, "v1beta1Controllers", "InferenceServiceReady",
                        "InferenceService [" + service.name() + "] is Ready");
                yield Optional.empty();
            }
        };
    }

    /// Also while it rolls or grows: what was available goes on serving.
    private static boolean available(Item deployment) {
        return deployment.tree().at("/status/availableReplicas").asInt() > 0
                && Conditions.isTrue(deployment.tree(), "Available");
    }

    private static String reason(Item deployment) {
        var said = Conditions.get(deployment.tree().path("status"), "Available");
        return said.path("message").asText("Deployment is not available");
    }
}
