package orrery.sim.kubevirt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.api.Action;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Pods;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// What `virtctl start|stop|restart|pause|unpause` ask of KubeVirt's API server.
record PowerActions(Clock clock) {
    private static final String GROUP = "subresources.kubevirt.io";
    private static final String REQUESTS = "stateChangeRequests";

    List<Action> all() {
        return List.of(
                new Action(GROUP, Kubevirt.MACHINES, "start", (c, key, body) -> start(c, key)),
                new Action(GROUP, Kubevirt.MACHINES, "stop", (c, key, body) -> stop(c, key)),
                new Action(GROUP, Kubevirt.MACHINES, "restart", (c, key, body) -> restart(c, key)),
                new Action(GROUP, Kubevirt.INSTANCES, "pause", (c, key, body) ->
                        pause(c, key, true)),
                new Action(GROUP, Kubevirt.INSTANCES, "unpause", (c, key, body) ->
                        pause(c, key, false)));
    }

    private void start(Cluster cluster, Key key) {
        var machine = cluster.require(key.type(), key.namespace(), key.name());
        var instance = instance(cluster, key);
        if (instance.isPresent() && !Pods.ended(instance.get())) {
            throw conflict(cluster, key, "VM is already running");
        }
        switch (RunStrategy.of(machine)) {
            case HALTED -> strategy(cluster, machine, RunStrategy.ALWAYS);
            case MANUAL, ONCE, RERUN_ON_FAILURE -> status(cluster, machine, status -> {
                instance.ifPresent(ended -> request(status, "Stop", ended));
                request(status, "Start", null);
            });
            case ALWAYS -> throw conflict(cluster, key,
                    "Always does not support manual start requests");
        }
    }

    private void stop(Cluster cluster, Key key) {
        var machine = cluster.require(key.type(), key.namespace(), key.name());
        var instance = instance(cluster, key);
        switch (RunStrategy.of(machine)) {
            case ALWAYS, RERUN_ON_FAILURE, ONCE ->
                    strategy(cluster, machine, RunStrategy.HALTED);
            case MANUAL -> {
                var running = instance.filter(found -> !Pods.ended(found)).orElseThrow(
                        () -> conflict(cluster, key, "VM is not running"));
                status(cluster, machine, status -> request(status, "Stop", running));
            }
            case HALTED -> {
                if (instance.isEmpty()) {
                    throw conflict(cluster, key, "VM is not running");
                }
            }
        }
    }

    private void restart(Cluster cluster, Key key) {
        var machine = cluster.require(key.type(), key.namespace(), key.name());
        var strategy = RunStrategy.of(machine);
        if (strategy == RunStrategy.HALTED || strategy == RunStrategy.ONCE) {
            throw conflict(cluster, key,
                    strategy.text + " does not support manual restart requests");
        }
        var instance = instance(cluster, key).filter(found -> !Pods.ended(found)).orElseThrow(
                () -> conflict(cluster, key, "VM is not running"));
        status(cluster, machine, status -> {
            request(status, "Stop", instance);
            request(status, "Start", null);
        });
    }

    private void pause(Cluster cluster, Key key, boolean pause) {
        var instance = cluster.require(key.type(), key.namespace(), key.name());
        if (!Pods.phase(instance).equals("Running")) {
            throw conflict(cluster, key, "VMI is not running");
        }
        if (Conditions.isTrue(instance.tree(), "Paused") == pause) {
            throw conflict(cluster, key, pause ? "VMI is already paused" : "VMI is not paused");
        }
        status(cluster, instance, status -> Conditions.set(status, "Paused", pause,
                pause ? "PausedByUser" : "Unpaused",
                pause ? "VMI was paused by user" : "VMI was unpaused by user", clock));
    }

    private static Optional<Item> instance(Cluster cluster, Key machine) {
        return cluster.get(Kubevirt.INSTANCES, machine.namespace(), machine.name());
    }

    private static void strategy(Cluster cluster, Item machine, RunStrategy strategy) {
        cluster.change(machine.type(), machine.namespace(), machine.name(),
                Write.by("virt-api"), object -> {
                    var spec = Json.child(object, "spec");
                    if (spec.has("running")) {
                        spec.put("running", strategy == RunStrategy.ALWAYS);
                    } else {
                        spec.put("runStrategy", strategy.text);
                    }
                    return object;
                });
    }

    private static void request(ObjectNode status, String action, Item instance) {
        var request = status.withArray(REQUESTS).addObject().put("action", action);
        if (instance != null) {
            request.put("uid", instance.uid());
        }
    }

    private static void status(Cluster cluster, Item item, Consumer<ObjectNode> edit) {
        cluster.change(item.type(), item.namespace(), item.name(),
                Write.by("virt-api").onStatus(), object -> {
                    edit.accept(Json.child(object, "status"));
                    return object;
                });
    }

    private static Refusal conflict(Cluster cluster, Key key, String why) {
        return Refusal.conflict(cluster.types().require(key.type()).ref(key.name()), why);
    }
}
