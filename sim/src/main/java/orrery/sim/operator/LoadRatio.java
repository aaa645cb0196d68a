package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.type.Quantity;

/// How many replicas would bring what pods use to the targets of an autoscaler.
record LoadRatio(Meter meter) {
    /// So near to its target a metric changes nothing.
    private static final double TOLERANCE = 0.1;

    /// The most that any metric asks for; empty when none can be had.
    ///
    /// @param seen gets `status.currentMetrics`
    Optional<Integer> replicas(
            Cluster cluster, JsonNode metrics, List<Item> pods, int current, ArrayNode seen) {
        Optional<Integer> most = Optional.empty();
        for (var metric : metrics) {
            var type = metric.path("type").asText();
            var source = metric.path(type.equals("Resource") ? "resource" : "containerResource");
            if (source.isObject()) {
                var wanted = wanted(cluster, type, source, pods, current, seen);
                if (wanted.isPresent() && wanted.get() > most.orElse(0)) {
                    most = wanted;
                }
            }
        }
        return most;
    }

    private Optional<Integer> wanted(Cluster cluster, String type, JsonNode source,
            List<Item> pods, int current, ArrayNode seen) {
        var ready = pods.stream().filter(Pods::ready).toList();
        var used = BigDecimal.ZERO;
        var asked = BigDecimal.ZERO;
        for (var pod : ready) {
            used = used.add(used(cluster, pod, source));
            asked = asked.add(asked(pod, source));
        }
        if (ready.isEmpty()) {
            return Optional.empty();
        }
        var target = source.path("target");
        var average = used.divide(BigDecimal.valueOf(ready.size()), 9, RoundingMode.HALF_UP);
        var now = seen.addObject().put("type", type)
                .putObject(type.equals("Resource") ? "resource" : "containerResource");
        now.put("name", source.path("name").asText());
        if (source.has("container")) {
            now.put("container", source.path("container").asText());
        }
        var shown = now.putObject("current").put("averageValue",
                new Quantity(average.setScale(3, RoundingMode.UP), false).toString());
        double ratio;
        if (target.has("averageUtilization")) {
            if (asked.signum() == 0) {
                seen.remove(seen.size() - 1);
                return Optional.empty();
            }
            int utilization = used.multiply(BigDecimal.valueOf(100))
                    .divide(asked, 0, RoundingMode.DOWN).intValue();
            shown.put("averageUtilization", utilization);
            ratio = utilization / target.path("averageUtilization").asDouble();
        } else {
            var goal = Quantity.of(target.path("averageValue").asText());
            if (goal.isZero()) {
                return Optional.empty();
            }
            ratio = average.doubleValue() / goal.amount().doubleValue();
        }
        return Optional.of(Math.abs(ratio - 1) <= TOLERANCE
                ? current : (int) Math.ceil(ratio * ready.size()));
    }

    private BigDecimal used(Cluster cluster, Item pod, JsonNode source) {
        var sum = BigDecimal.ZERO;
        for (var use : meter.of(cluster, pod)) {
            if (counts(source, use.container())) {
                sum = sum.add((source.path("name").asText().equals("memory")
                        ? use.memory() : use.cpu()).amount());
            }
        }
        return sum;
    }

    private static BigDecimal asked(Item pod, JsonNode source) {
        var sum = BigDecimal.ZERO;
        for (var container : pod.tree().path("spec").path("containers")) {
            if (counts(source, container.path("name").asText())) {
                sum = sum.add(Quantity.of(container.path("resources").path("requests")
                        .path(source.path("name").asText()).asText()).amount());
            }
        }
        return sum;
    }

    private static boolean counts(JsonNode source, String container) {
        var only = source.path("container").asText();
        return only.isEmpty() || only.equals(container);
    }
}
