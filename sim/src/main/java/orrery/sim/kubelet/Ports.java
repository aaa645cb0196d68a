package orrery.sim.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// What answers on the ports of a pod: built-in web servers, and what its processes listen on.
record Ports(Kubelet kubelet, Cluster cluster, Item pod) {
    private static final String NOT = "error forwarding port %s to pod %s: connection refused: ";

    /// What a connection to a port leads to; not yet open.
    PortPeer peer(String port, PortPeer.Back back) {
        if (port == null || !port.matches("\\d{1,5}")) {
            return new PortPeer.Nobody("port \"" + port + "\" is no number", back);
        }
        int number = Integer.parseInt(port);
        var refused = NOT.formatted(port, pod.name());
        var otherwise = refused + "nothing listens there; give the pod the image sim-echo, or the"
                + " label " + Behaviour.LABEL + "=echo, for a web server that answers";
        for (var container : pod.tree().path("spec").path("containers")) {
            var behaviour = PodPlan.behaviour(pod, container, kubelet.containers());
            if (behaviour instanceof Behaviour.Echo && serves(container.path("ports"), number)) {
                return new PortPeer.Echo(new EchoServer(pod.name()), back);
            }
            if (behaviour instanceof Behaviour.NotRun) {
                otherwise = refused + kubelet.containers().forbidden().orElse("");
            }
        }
        var run = kubelet.find(cluster, pod).filter(found -> found.sandbox().isPresent());
        if (run.isEmpty()) {
            return new PortPeer.Nobody(otherwise, back);
        }
        return new PortPeer.Listener(
                () -> kubelet.sandboxes().connection(run.get(), number), otherwise, back);
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
}
