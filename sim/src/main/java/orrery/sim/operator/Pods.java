package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.zip.CRC32;
import orrery.sim.store.Item;
import orrery.sim.type.Json;

/// What workload operators ask of pods and pod templates.
public final class Pods {
    /// Labels that operators add to a template; two templates that differ in them only are one.
    static final String HASH = "pod-template-hash";
    private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";

    private Pods() {}

    /// Whether it still counts: neither ended nor on its way out.
    static boolean active(Item pod) {
        return !ended(pod) && !going(pod);
    }

    public static boolean ended(Item pod) {
        var phase = phase(pod);
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    public static boolean going(Item object) {
        return object.going();
    }

    public static String phase(Item pod) {
        return pod.phase();
    }

    public static boolean ready(Item pod) {
        return pod.ready();
    }

    /// Whether it has been ready for so many seconds.
    static boolean available(Item pod, int minReadySeconds, Clock clock) {
        if (minReadySeconds == 0 || !ready(pod)) {
            return ready(pod);
        }
        var since = Conditions.time(Conditions.get(pod.tree().path("status"), "Ready")
                .path("lastTransitionTime"));
        return since != null
                && Duration.between(since, clock.instant()).toSeconds() >= minReadySeconds;
    }

    /// A pod made of a workload's template, controlled by it and not yet named.
    static ObjectNode of(Item owner, JsonNode template) {
        var pod = Json.object();
        var metadata = pod.putObject("metadata");
        for (var field : new String[] {"labels", "annotations", "finalizers"}) {
            if (template.path("metadata").has(field)) {
                metadata.set(field, template.path("metadata").get(field).deepCopy());
            }
        }
        pod.set("spec", template.path("spec").deepCopy());
        Owners.own(owner, pod);
        return pod;
    }

    /// Ten letters that tell templates apart, as part of names.
    static String hash(JsonNode template) {
        var copy = template.deepCopy();
        if (copy.path("metadata").path("labels") instanceof ObjectNode labels) {
            labels.remove(HASH);
        }
        var sum = new CRC32();
        sum.update(copy.toString().getBytes(StandardCharsets.UTF_8));
        long rest = sum.getValue() * 0x9E3779B97F4A7C15L >>> 1;
        var text = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            text.append(LETTERS.charAt((int) (rest % LETTERS.length())));
            rest /= LETTERS.length();
        }
        return text.toString();
    }

    /// A count or a percentage of `total` (`IntOrString`).
    static int share(JsonNode value, String absent, int total, boolean up) {
        var text = value.isMissingNode() ? absent : value.asText();
        if (!text.endsWith("%")) {
            return Integer.parseInt(text);
        }
        double part = Integer.parseInt(text.substring(0, text.length() - 1)) * total / 100.0;
        return (int) (up ? Math.ceil(part) : Math.floor(part));
    }
}
