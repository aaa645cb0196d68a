package orrery.sim.operator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// Writes Events (core/v1) about objects, as `kubectl describe` shows them.
public final class Events {
    /// Events that a namespace keeps: a real cluster forgets them after an hour.
    private static final int KEPT = 2000;

    private final Clock clock;

    public Events(Clock clock) {
        this.clock = clock;
    }

    public void normal(Cluster cluster, Item about, String source, String reason, String message) {
        write(cluster, about, source, "Normal", reason, message);
    }

    /// A warning; one that repeats itself counts up instead of filling the list.
    public void warning(Cluster cluster, Item about, String source, String reason,
            String message) {
        write(cluster, about, source, "Warning", reason, message);
    }

    private void write(Cluster cluster, Item about, String source, String type, String reason,
            String message) {
        var namespace = about.namespace().isEmpty() ? "default" : about.namespace();
        // The name says what repeats: the object, the reason and the words.
        var name = about.name() + "." + Integer.toHexString(
                (about.uid() + reason + message).hashCode());
        var now = Conditions.now(clock);
        try {
            var old = cluster.get("events", namespace, name);
            if (old.isPresent()) {
                cluster.change("events", namespace, name, Write.by(source), event -> event
                        .put("count", event.path("count").asInt() + 1).put("lastTimestamp", now));
                return;
            }
            var event = event(about, source, now);
            Json.child(event, "metadata").put("name", name).put("namespace", namespace);
            event.put("type", type).put("reason", reason).put("message", message);
            cluster.create("events", event, Write.by(source));
            forget(cluster, namespace);
        } catch (Refusal refused) {
            // The namespace is going, or somebody wrote the same event: nothing is lost that
            // the object's status does not say.
            System.getLogger(Events.class.getName()).log(System.Logger.Level.DEBUG,
                    refused.getMessage());
        }
    }

    private static ObjectNode event(Item about, String source, String now) {
        var event = Json.object();
        event.putObject("involvedObject")
                .put("kind", about.tree().path("kind").asText())
                .put("apiVersion", about.tree().path("apiVersion").asText())
                .put("namespace", about.namespace())
                .put("name", about.name())
                .put("uid", about.uid())
                .put("resourceVersion", Long.toString(about.version()));
        event.putObject("source").put("component", source);
        event.put("reportingComponent", source).put("reportingInstance", "");
        return event.put("count", 1).put("firstTimestamp", now).put("lastTimestamp", now);
    }

    /// Now and then the older half goes, so that a busy namespace does not grow for ever.
    private void forget(Cluster cluster, String namespace) {
        if (clock.instant().toEpochMilli() % 64 != 0) {
            return;
        }
        var all = cluster.list("events", namespace);
        if (all.size() > KEPT) {
            all.stream().sorted((a, b) -> Long.compare(a.version(), b.version()))
                    .limit(all.size() - KEPT / 2).map(Item::key)
                    .forEach(key -> remove(cluster, key));
        }
    }

    private static void remove(Cluster cluster, Key key) {
        if (cluster.get(key.type(), key.namespace(), key.name()).isPresent()) {
            cluster.delete(key.type(), key.namespace(), key.name(), Deletion.BACKGROUND);
        }
    }
}
