package orrery.server.studio.importer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import orrery.server.studio.diagram.Kind;

/// The Services of a Compose service: one under its own name, one for each further name.
final class ServiceNodes {
    private final Scene scene;

    ServiceNodes(Scene scene) {
        this.scene = scene;
    }

    void add(ComposeService service, Sketch.Item workload) {
        List<ServicePorts.Port> ports = ServicePorts.outside(scene, service);
        boolean job = workload.kind() == Kind.JOB || workload.kind() == Kind.CRONJOB;
        if (!job && Reach.isReached(scene, service)) {
            node(service, workload, workload.name(), ports);
            for (String alias : Reach.aliases(scene, service)) {
                node(service, workload, alias, ports);
            }
        }
        tell(service, job);
    }

    private void node(ComposeService service, Sketch.Item workload, String name,
            List<ServicePorts.Port> ports) {
        Sketch.Item node = scene.sketch().add(Kind.SERVICE, name, service.name());
        ObjectNode data = node.data().put("targetApp", workload.name())
                .put("_linkedDeployment", workload.id());
        String type = type(service);
        data.put("serviceType", type);
        if (ports.isEmpty() || type.equals("Headless")) {
            // Without a known port, the name can still lead to the pod, and so to all its ports.
            data.put("serviceType", "ClusterIP").put("headless", true);
        }
        if (ports.isEmpty()) {
            scene.report().approximated(service.path(), "the headless Service '%s', because the"
                    .formatted(name) + " file names no port of it; name one under expose");
        }
        ports.stream().findFirst().ifPresent(p ->
                data.put("port", p.port()).put("targetPort", p.target()));
        if (ports.size() > 1 || ports.stream().anyMatch(p -> !p.protocol().equals("TCP"))) {
            ArrayNode list = data.putArray("ports");
            ports.forEach(p -> list.addObject()
                    .put("name", "p" + p.port() + (p.protocol().equals("TCP") ? ""
                            : "-" + p.protocol().toLowerCase(Locale.ROOT)))
                    .put("port", p.port()).put("targetPort", p.target())
                    .put("protocol", p.protocol()));
        }
        scene.sketch().edge(node, workload);
    }

    private void networkMode(ComposeService service) {
        KeyPath path = service.path().key("network_mode");
        String mode = service.process().networkMode();
        if (mode == null || mode.equals("bridge") || mode.equals("default")) {
            scene.report().converted(path, "the pod's own network");
            return;
        }
        String why = mode.equals("host") ? "pods are not given the node's network; its ports are"
                + " reached by the Service, and a daemon set may ask for hostNetwork"
                : mode.equals("none") ? "draw a network policy without rules to cut it off"
                : "containers of different services share no network here; reach the other by its"
                        + " name";
        scene.report().dropped(path, why);
        scene.warn(service, "network_mode %s was dropped: %s".formatted(mode, why));
    }

    private static String type(ComposeService service) {
        String asked = service.labels().getOrDefault("kompose.service.type", "");
        return switch (asked.toLowerCase(Locale.ROOT)) {
            case "nodeport" -> "NodePort";
            case "loadbalancer" -> "LoadBalancer";
            case "headless" -> "Headless";
            default -> "ClusterIP";
        };
    }

    private void tell(ComposeService service, boolean job) {
        String name = scene.names().get(service.name());
        for (PortRange range : service.ports()) {
            if (job) {
                scene.report().dropped(range.path(), "nothing connects to a job");
            } else if (range.published() == 0) {
                scene.report().converted(range.path(), "the Service '%s'".formatted(name));
            } else {
                String host = range.hostIp() == null ? "" : " and not bound to " + range.hostIp();
                scene.report().approximated(range.path(), ("the Service '%s' inside the cluster%s;"
                        + " draw an ingress, or choose NodePort or LoadBalancer, to publish it")
                        .formatted(name, host));
            }
        }
        scene.report().convertedUnlessTold(service.path().key("ports"), "no ports");
        scene.report().converted(service.path().key("expose"), "ports of the Service '%s'"
                .formatted(name));
        scene.report().converted(service.path().key("links"), "host names of Services, and edges");
        scene.report().approximated(service.path().key("networks"), "all pods of the namespace"
                + " reach each other; draw network policies to keep them apart");
        networkMode(service);
    }
}
