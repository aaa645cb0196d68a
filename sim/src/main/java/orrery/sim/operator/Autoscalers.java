package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// Scales what a HorizontalPodAutoscaler (autoscaling/v2) points at by what its pods use, with
/// Kubernetes' rule: the replicas times the ratio of use to target, rounded up.
///
/// Metrics of the types Resource and ContainerResource count; of others it says that it has none.
final class Autoscalers implements Operator {
    private static final String TYPE = "horizontalpodautoscalers.autoscaling";
    private static final Duration PERIOD = Duration.ofSeconds(15);

    private final Clock clock;
    private final Events events;
    private final LoadRatio load;
    /// By uid: what was recommended and done lately, so that a short lull shrinks nothing.
    private final Map<String, ScalingPace> paces = new ConcurrentHashMap<>();

    Autoscalers(Clock clock, Events events, Meter meter) {
        this.clock = clock;
        this.events = events;
        this.load = new LoadRatio(meter);
    }

    @Override
    public String name() {
        return "horizontal-pod-autoscaler";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        Item item = change.item();
        if (item.type().equals(TYPE)) {
            if (change.removed()) {
                paces.remove(item.uid());
            } else if (change.created() || !Json.same(change.old().tree().get("spec"),
                    item.tree().get("spec"))) {
                look.accept(item.key());
            }
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(TYPE, key.namespace(), key.name());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var scaler = found.get();
        var spec = scaler.tree().path("spec");
        var status = scaler.tree().path("status").isObject()
                ? (ObjectNode) scaler.tree().path("status").deepCopy() : Json.object();
        var target = target(cluster, scaler);
        if (target.isEmpty()) {
            Conditions.set(status, "AbleToScale", false, "FailedGetScale", "the HPA controller was"
                    + " unable to get the target's current scale: " + spec.path("scaleTargetRef")
                    .path("name").asText() + " not found", clock);
            status.put("currentReplicas", 0).put("desiredReplicas", 0);
        } else {
            scale(cluster, scaler, target.get(), status);
        }
        cluster.change(TYPE, key.namespace(), key.name(), Write.by(name()).onStatus(), object -> {
            object.set("status", status);
            return object;
        });
        return Optional.of(PERIOD);
    }

    private static Optional<Item> target(Cluster cluster, Item scaler) {
        var ref = scaler.tree().path("spec").path("scaleTargetRef");
        return cluster.types().kind(ref.path("apiVersion").asText("v1"), ref.path("kind").asText())
                .filter(type -> type.has("scale"))
                .flatMap(type -> cluster.get(
                        type.key(), scaler.namespace(), ref.path("name").asText()));
    }

    private void scale(Cluster cluster, Item scaler, Item target, ObjectNode status) {
        var spec = scaler.tree().path("spec");
        int current = target.tree().path("spec").path("replicas").asInt(1);
        Conditions.set(status, "AbleToScale", true, "SucceededGetScale",
                "the HPA controller was able to get the target's current scale", clock);
        var pods = pods(cluster, target);
        ArrayNode seen = Json.mapper().createArrayNode();
        var wanted = current == 0 ? Optional.<Integer>empty()
                : load.replicas(cluster, metrics(spec), pods, current, seen);
        status.set("currentMetrics", seen);
        status.put("currentReplicas", current)
                .put("observedGeneration",
                        scaler.tree().path("metadata").path("generation").asLong());
        if (wanted.isEmpty()) {
            Conditions.set(status, "ScalingActive", false,
                    current == 0 ? "ScalingDisabled" : "FailedGetResourceMetric",
                    current == 0 ? "scaling is disabled since the replica count of the target is"
                            + " zero" : "the HPA was unable to compute the replica count: no"
                            + " ready pods that request the resource", clock);
            status.put("desiredReplicas", current);
            return;
        }
        Conditions.set(status, "ScalingActive", true, "ValidMetricFound",
                "the HPA was able to successfully calculate a replica count", clock);
        var pace = paces.computeIfAbsent(scaler.uid(), uid -> new ScalingPace());
        int bounded = limited(spec, wanted.get(), status);
        // Bounds hold at once, at whatever pace.
        int desired = clamp(spec, pace.next(
                spec.path("behavior"), current, bounded, clock.instant()));
        status.put("desiredReplicas", desired);
        if (desired != current) {
            resize(cluster, scaler, target, desired);
            pace.changed(current, desired, clock.instant());
            status.put("lastScaleTime", Conditions.now(clock));
        }
    }

    /// Without metrics, four fifths of the requested processor.
    private static JsonNode metrics(JsonNode spec) {
        if (!spec.path("metrics").isEmpty()) {
            return spec.path("metrics");
        }
        var all = Json.mapper().createArrayNode();
        all.addObject().put("type", "Resource").putObject("resource").put("name", "cpu")
                .putObject("target").put("type", "Utilization").put("averageUtilization", 80);
        return all;
    }

    private static List<Item> pods(Cluster cluster, Item target) {
        var selector = new Selector(target.tree().path("spec").path("selector"));
        return cluster.list("pods", target.namespace()).stream()
                .filter(pod -> selector.matches(pod.labels()) && Pods.active(pod)).toList();
    }

    private int limited(JsonNode spec, int wanted, ObjectNode status) {
        int least = spec.path("minReplicas").asInt(1);
        int most = spec.path("maxReplicas").asInt();
        if (wanted > most) {
            Conditions.set(status, "ScalingLimited", true, "TooManyReplicas",
                    "the desired replica count is more than the maximum replica count", clock);
        } else if (wanted < least) {
            Conditions.set(status, "ScalingLimited", true, "TooFewReplicas",
                    "the desired replica count is less than the minimum replica count", clock);
        } else {
            Conditions.set(status, "ScalingLimited", false, "DesiredWithinRange",
                    "the desired count is within the acceptable range", clock);
        }
        return clamp(spec, wanted);
    }

    private static int clamp(JsonNode spec, int wanted) {
        int least = spec.path("minReplicas").asInt(1);
        return Math.clamp(wanted, least, Math.max(least, spec.path("maxReplicas").asInt()));
    }

    private void resize(Cluster cluster, Item scaler, Item target, int desired) {
        try {
            cluster.change(target.type(), target.namespace(), target.name(), Write.by(name()),
                    object -> {
                        Json.child(object, "spec").put("replicas", desired);
                        return object;
                    });
            events.normal(cluster, scaler, name(), "SuccessfulRescale",
                    "New size: " + desired + "; reason: resource use against its target");
        } catch (Refusal refused) {
            events.warning(cluster, scaler, name(), "FailedRescale", refused.getMessage());
        }
    }
}
