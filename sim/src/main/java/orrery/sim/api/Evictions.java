package orrery.sim.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import orrery.sim.operator.Pods;
import orrery.sim.operator.Selector;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// Evictions (policy/v1): a deletion that a PodDisruptionBudget may forbid for now.
final class Evictions {
    private static final String BUDGETS = "poddisruptionbudgets.policy";

    private Evictions() {}

    static void evict(Call call, Target target, Clock clock) {
        ObjectNode eviction = Bodies.object(call);
        String name = eviction.path("metadata").path("name").asText();
        if (!name.isEmpty() && !name.equals(target.name())) {
            throw Refusal.badRequest("name in URL does not match name in Eviction object");
        }
        Item pod = call.cluster().require("pods", target.namespace(), target.name());
        JsonNode options = eviction.path("deleteOptions");
        JsonNode grace = options.path("gracePeriodSeconds");
        Write write = Requests.write(call);
        boolean dry = write.dryRun() || options.path("dryRun").path(0).asText().equals("All");
        if (disrupts(pod)) {
            spend(call, pod, Write.by("kube-apiserver").onStatus().dry(dry), clock);
        }
        call.cluster().delete("pods", target.namespace(), target.name(), new Deletion(
                grace.isIntegralNumber() ? grace.asLong() : null,
                Deletion.Propagation.BACKGROUND, null, null, dry));
    }

    /// A pod that does not run yet, or no longer, is no loss.
    private static boolean disrupts(Item pod) {
        return !Pods.going(pod) && !Pods.ended(pod) && !Pods.phase(pod).equals("Pending");
    }

    /// Takes one disruption from the pod's budget, or refuses.
    private static void spend(Call call, Item pod, Write write, Clock clock) {
        List<Item> budgets = call.cluster().list(BUDGETS, pod.namespace()).stream()
                .filter(budget -> selects(budget, pod)).toList();
        if (budgets.size() > 1) {
            throw Refusal.plain(500, "InternalError", "This pod has more than one"
                    + " PodDisruptionBudget, which the eviction subresource does not support.");
        }
        if (!budgets.isEmpty()) {
            String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
            call.cluster().change(BUDGETS, pod.namespace(), budgets.getFirst().name(), write,
                    budget -> spent(budget, pod, now));
        }
    }

    private static boolean selects(Item budget, Item pod) {
        JsonNode selector = budget.tree().path("spec").path("selector");
        // In policy/v1 an empty selector selects all pods; none selects none.
        return selector.isObject() && (selector.isEmpty()
                || new Selector(selector).matches(pod.labels()));
    }

    private static ObjectNode spent(ObjectNode budget, Item pod, String now) {
        ObjectNode status = Json.child(budget, "status");
        int healthy = status.path("currentHealthy").asInt();
        int desired = status.path("desiredHealthy").asInt();
        int allowed = status.path("disruptionsAllowed").asInt();
        String name = budget.path("metadata").path("name").asText();
        String policy = budget.path("spec").path("unhealthyPodEvictionPolicy").asText();
        if (!Pods.ready(pod) && (policy.equals("AlwaysAllow")
                || healthy >= desired && desired > 0)) {
            return budget;
        }
        if (status.path("observedGeneration").asLong()
                < budget.path("metadata").path("generation").asLong()) {
            throw denied("The disruption budget " + name
                    + " is still being processed by the server.");
        }
        if (allowed < 1) {
            throw denied("The disruption budget %s needs %d healthy pods and has %d currently"
                    .formatted(name, desired, healthy));
        }
        status.put("disruptionsAllowed", allowed - 1);
        Json.child(status, "disruptedPods").put(pod.name(), now);
        return budget;
    }

    private static Refusal denied(String why) {
        return new Refusal(429, "TooManyRequests",
                "Cannot evict pod as it would violate the pod's disruption budget.",
                new Refusal.ResourceRef("", "", "", ""),
                List.of(new Refusal.Cause("DisruptionBudget", why, "")));
    }
}
