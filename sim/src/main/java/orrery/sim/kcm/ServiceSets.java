package orrery.sim.kcm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Finalizers;
import orrery.sim.operator.Operator;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Brings the services of ServiceSets to their clusters, one after the other, and takes away
/// what is no longer asked for.
final class ServiceSets implements Operator {
    private final String management;
    private final ChildClusters children;
    private final ServiceCharts charts;
    private final Phases phases;
    private final Clock clock;

    ServiceSets(String management, ChildClusters children, ServiceCharts charts, Phases phases,
            Clock clock) {
        this.management = management;
        this.children = children;
        this.charts = charts;
        this.phases = phases;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "kcm-state-manager";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (!cluster.name().equals(management)) {
            return;
        }
        var item = change.item();
        switch (change.type()) {
            case Kcm.SETS -> {
                look.accept(item.key());
                if (change.created() || change.removed()) {
                    // Another one may have had, or may now have, the same service.
                    Services.sets(cluster, item.namespace(), Services.field(item, "cluster"))
                            .forEach(set -> look.accept(set.key()));
                }
            }
            case Kcm.DEPLOYMENTS -> {
                phases.noticed(change);
                Services.sets(cluster, item.namespace(), item.name())
                        .forEach(set -> look.accept(set.key()));
            }
            case "configmaps", "secrets" -> cluster.list(Kcm.SETS, item.namespace()).stream()
                    .filter(set -> set.tree().path("spec").toString().contains(item.name()))
                    .forEach(set -> look.accept(set.key()));
            default -> { }
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(key.type(), key.namespace(), key.name());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var set = found.get();
        var deployment = cluster.get(Kcm.DEPLOYMENTS, set.namespace(),
                Services.field(set, "cluster"));
        var target = target(cluster, set, deployment);
        boolean open = deployment.isEmpty()
                || Conditions.isTrue(deployment.get().tree(), "SveltosClusterReady");
        var turn = new ServiceTurn(cluster, set, target, open, charts,
                () -> phases.turn(cluster, deployment.orElse(set), "services"));
        turn.take();
        if (set.going() && turn.states().isEmpty()) {
            cluster.change(key.type(), key.namespace(), key.name(), Write.by(name()),
                    object -> Finalizers.remove(object, Services.FINALIZER));
            return Optional.empty();
        }
        cluster.change(key.type(), key.namespace(), key.name(), Write.by(name()).onStatus(),
                object -> write(object, set, deployment, turn.states()));
        return turn.next();
    }

    private Optional<Cluster> target(Cluster cluster, Item set, Optional<Item> deployment) {
        return set.tree().path("spec").path("provider").path("selfManagement").asBoolean()
                ? Optional.of(cluster) : deployment.flatMap(children::find);
    }

    private ObjectNode write(
            ObjectNode object, Item set, Optional<Item> deployment, List<ObjectNode> states) {
        var status = Json.child(object, "status");
        var before = set.tree().path("status").path("services");
        status.set("services", Services.stamped(states, before, Conditions.now(clock)));
        boolean all = Services.deployed(states) == states.size();
        status.put("deployed", all);
        Json.child(status, "provider").put("ready", true).put("suspended", false);
        deployment.ifPresent(one -> Json.child(status, "cluster")
                .put("apiVersion", one.tree().path("apiVersion").asText())
                .put("kind", one.tree().path("kind").asText())
                .put("name", one.name()).put("namespace", one.namespace()).put("uid", one.uid()));
        Conditions.set(status, "ServicesInReadyState", all, all ? "Succeeded" : "Progressing",
                Services.deployed(states) + "/" + states.size(), clock);
        return object;
    }

    @Override
    public void closed(Cluster cluster) {
        phases.closed(cluster);
    }
}
