package orrery.sim.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.sim.operator.Meter;
import orrery.sim.store.Item;
import orrery.sim.type.Json;
import orrery.sim.type.Quantity;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;
import orrery.sim.type.Selector;

/// What nodes and pods use now (metrics.k8s.io/v1beta1), for `kubectl top`. It is measured when
/// somebody asks and kept nowhere.
final class Metrics {
    private static final BigDecimal KIBI = BigDecimal.valueOf(1024);

    private final Meter meter;
    private final Clock clock;

    Metrics(Meter meter, Clock clock) {
        this.meter = meter;
        this.clock = clock;
    }

    static boolean isMetric(ResourceType type) {
        return type.group().equals("metrics.k8s.io");
    }

    Answer answer(Call call, Target target) {
        if (!List.of("GET", "HEAD").contains(call.method()) || call.flag("watch")
                || !target.subresource().isEmpty()) {
            throw Router.methodNotAllowed();
        }
        boolean nodes = target.type().plural().equals("nodes");
        if (!target.name().isEmpty()) {
            Item item = call.cluster().get(nodes ? "nodes" : "pods", target.namespace(),
                    target.name()).orElseThrow(() -> Refusal.notFound(
                            target.type().ref(target.name())));
            ObjectNode one = nodes ? node(item, perNode(call)) : pod(call, item);
            if (one == null) {
                throw Refusal.notFound(target.type().ref(target.name()));
            }
            return Answer.json(200, one.put("kind", target.type().kind())
                    .put("apiVersion", target.type().apiVersion()));
        }
        ObjectNode list = Json.object().put("kind", target.type().listKind())
                .put("apiVersion", target.type().apiVersion());
        list.putObject("metadata");
        ArrayNode items = list.putArray("items");
        Selector labels = Selector.parse(call.query("labelSelector"));
        Map<String, Quantity[]> sums = nodes ? perNode(call) : Map.of();
        for (Item item : call.cluster().list(nodes ? "nodes" : "pods", target.namespace())) {
            ObjectNode one = !labels.test(item.labels()) ? null
                    : nodes ? node(item, sums) : pod(call, item);
            if (one != null) {
                items.add(one);
            }
        }
        return Answer.json(200, list);
    }

    /// Null for a pod that does not run.
    private ObjectNode pod(Call call, Item pod) {
        List<Meter.Use> uses = meter.of(call.cluster(), pod);
        if (uses.isEmpty()) {
            return null;
        }
        ObjectNode one = head(pod);
        ArrayNode containers = one.putArray("containers");
        for (Meter.Use use : uses) {
            ObjectNode container = containers.addObject().put("name", use.container());
            amounts(container, use.cpu(), use.memory());
        }
        return one;
    }

    private ObjectNode node(Item node, Map<String, Quantity[]> sums) {
        ObjectNode one = head(node);
        Quantity[] sum = sums.getOrDefault(
                node.name(), new Quantity[] {Quantity.ZERO, Quantity.ZERO});
        amounts(one, sum[0], sum[1]);
        return one;
    }

    /// What the pods of each node use together: no other program runs on a simulated node.
    private Map<String, Quantity[]> perNode(Call call) {
        Map<String, Quantity[]> sums = new HashMap<>();
        for (Item pod : call.cluster().list("pods", "")) {
            for (Meter.Use use : meter.of(call.cluster(), pod)) {
                sums.merge(pod.tree().path("spec").path("nodeName").asText(),
                        new Quantity[] {use.cpu(), use.memory()},
                        (a, b) -> new Quantity[] {a[0].plus(b[0]), a[1].plus(b[1])});
            }
        }
        return sums;
    }

    private ObjectNode head(Item item) {
        ObjectNode one = Json.object();
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        ObjectNode metadata = one.putObject("metadata").put("name", item.name());
        if (!item.namespace().isEmpty()) {
            metadata.put("namespace", item.namespace());
        }
        metadata.put("creationTimestamp", now);
        ObjectNode labels = metadata.putObject("labels");
        item.labels().forEach(labels::put);
        return one.put("timestamp", now).put("window", Meter.WINDOW.toSeconds() + "s");
    }

    /// As the metrics server writes them: in billionths of a core, and in Ki.
    private static void amounts(ObjectNode parent, Quantity cpu, Quantity memory) {
        parent.putObject("usage")
                .put("cpu", cpu.amount().movePointRight(9).setScale(0, RoundingMode.UP)
                        .toPlainString() + "n")
                .put("memory", memory.amount().divide(KIBI, 0, RoundingMode.UP)
                        .toPlainString() + "Ki");
    }
}
