package orrery.sim.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import orrery.sim.container.Containers;
import orrery.sim.store.Item;

/// What answers on the ports of a pod. Only built-in web servers do so far: a sandboxed process
/// has a network of its own that nothing reaches.
record Ports(Item pod, Containers containers) {
    /// Why nothing answers on a port; empty when something does.
    Optional<String> refusal(String port) {
        if (port == null || !port.matches("\\d{1,5}")) {
            return Optional.of("port \"" + port + "\" is no number");
        }
        for (var container : pod.tree().path("spec").path("containers")) {
            var behaviour = PodPlan.behaviour(pod, container, containers);
            if (behaviour instanceof Behaviour.Echo
                    && serves(container.path("ports"), Integer.parseInt(port))) {
                return Optional.empty();
            }
            if (behaviour instanceof Behaviour.NotRun) {
                return containers.forbidden().map(why -> "connection refused: " + why);
            }
        }
        return Optional.of("connection refused: nothing listens on port " + port + " of the"
                + " simulated pod " + pod.name() + "; give it the image sim-echo, or the label "
                + Behaviour.LABEL + "=echo, for a web server that answers");
    }

    /// An echo container listens on its declared ports, or on every one when it declares none.
    private static boolean serves(JsonNode ports, int port) {
        if (ports.isEmpty()) {
            return true;
        }
        for (var one : ports) {
            if (one.path("containerPort").asInt() == port) {
                return true;
            }
        }
        return false;
    }

    EchoServer connect() {
        return new EchoServer(pod.name());
    }
}
