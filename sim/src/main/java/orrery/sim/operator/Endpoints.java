package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Writes the addresses behind each Service: an Endpoints object and an EndpointSlice.
final class Endpoints implements Operator {
    private static final String SERVICES = "services";
    private static final String SLICES = "endpointslices.discovery.k8s.io";
    private static final String SERVICE = "kubernetes.io/service-name";

    @Override
    public String name() {
        return "endpoint-controller";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        switch (change.type()) {
            case SERVICES -> look.accept(change.item().key());
            case "pods" -> {
                if (changesAddresses(change)) {
                    cluster.list(SERVICES, change.item().namespace()).stream()
                            .filter(service -> selects(service, change.item()))
                            .forEach(service -> look.accept(service.key()));
                }
            }
            default -> { }
        }
    }

    private static boolean changesAddresses(Change change) {
        return change.created() || change.removed() || Pods.going(change.now())
                || Pods.ready(change.old()) != Pods.ready(change.now())
                || !change.old().labels().equals(change.now().labels());
    }

    private static boolean selects(Item service, Item pod) {
        var selector = service.tree().path("spec").path("selector");
        for (var wanted : selector.properties()) {
            if (!wanted.getValue().asText().equals(pod.labels().get(wanted.getKey()))) {
                return false;
            }
        }
        return !selector.isEmpty();
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(SERVICES, key.namespace(), key.name());
        if (found.isEmpty() || Pods.going(found.get())
                || found.get().tree().path("spec").path("selector").isEmpty()) {
            return Optional.empty();
        }
        var service = found.get();
        var pods = cluster.list("pods", key.namespace()).stream()
                .filter(pod -> selects(service, pod) && Pods.active(pod))
                .filter(pod -> pod.tree().path("status").has("podIP")).toList();
        var ports = ports(service, pods);
        put(cluster, service, "endpoints", service.name(), endpoints(pods, ports));
        put(cluster, service, SLICES, service.name() + "-simulated", slice(pods, ports));
        return Optional.empty();
    }

    private void put(Cluster cluster, Item service, String type, String name, ObjectNode content) {
        if (cluster.get(type, service.namespace(), name).isEmpty()) {
            var object = content.deepCopy();
            Owners.own(service, object);
            var metadata = Json.child(object, "metadata").put("name", name);
            metadata.set("labels", service.tree().path("metadata").has("labels")
                    ? service.tree().path("metadata").path("labels").deepCopy() : Json.object());
            Json.child(metadata, "labels").put(SERVICE, service.name());
            cluster.create(type, object, Write.by(name()));
            return;
        }
        cluster.change(type, service.namespace(), name, Write.by(name()), object -> {
            object.setAll(content);
            return object;
        });
    }

    private static ObjectNode endpoints(List<Item> pods, ArrayNode ports) {
        var content = Json.object();
        var subsets = content.putArray("subsets");
        if (pods.isEmpty()) {
            return content;
        }
        var subset = subsets.addObject();
        for (var pod : pods) {
            var address = subset.withArray(Pods.ready(pod) ? "addresses" : "notReadyAddresses")
                    .addObject();
            address.put("ip", pod.tree().path("status").path("podIP").asText())
                    .put("nodeName", pod.tree().path("spec").path("nodeName").asText());
            reference(address, pod);
        }
        subset.set("ports", ports);
        return content;
    }

    private static ObjectNode slice(List<Item> pods, ArrayNode ports) {
        var content = Json.object().put("addressType", "IPv4");
        var all = content.putArray("endpoints");
        for (var pod : pods) {
            var one = all.addObject();
            one.putArray("addresses").add(pod.tree().path("status").path("podIP").asText());
            one.putObject("conditions").put("ready", Pods.ready(pod))
                    .put("serving", Pods.ready(pod)).put("terminating", false);
            one.put("nodeName", pod.tree().path("spec").path("nodeName").asText());
            reference(one, pod);
        }
        content.set("ports", ports);
        return content;
    }

    private static void reference(ObjectNode parent, Item pod) {
        parent.putObject("targetRef").put("kind", "Pod").put("name", pod.name())
                .put("namespace", pod.namespace()).put("uid", pod.uid());
    }

    private static ArrayNode ports(Item service, List<Item> pods) {
        var all = Json.mapper().createArrayNode();
        for (var port : service.tree().path("spec").path("ports")) {
            var one = all.addObject();
            if (port.has("name")) {
                one.put("name", port.path("name").asText());
            }
            one.put("port", number(port, pods)).put("protocol",
                    port.path("protocol").asText("TCP"));
        }
        return all;
    }

    /// The target port; a name is looked up in the first pod that has it.
    private static int number(JsonNode port, List<Item> pods) {
        var target = port.path("targetPort");
        if (target.isMissingNode() || target.isInt()) {
            return target.asInt(port.path("port").asInt());
        }
        for (var pod : pods) {
            for (var container : pod.tree().path("spec").path("containers")) {
                for (var one : container.path("ports")) {
                    if (one.path("name").equals(target)) {
                        return one.path("containerPort").asInt();
                    }
                }
            }
        }
        return target.asInt(port.path("port").asInt());
    }
}
