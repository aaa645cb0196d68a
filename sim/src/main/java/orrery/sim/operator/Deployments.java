package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Rolls a Deployment from one ReplicaSet to the next.
final class Deployments implements Operator {
    static final String TYPE = "deployments.apps";
    static final String REVISION = "deployment.kubernetes.io/revision";

    private final Clock clock;
    private final Events events;

    Deployments(Clock clock, Events events) {
        this.clock = clock;
        this.events = events;
    }

    @Override
    public String name() {
        return "deployment-controller";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (change.type().equals(TYPE) || change.type().equals(ReplicaSets.TYPE)) {
            Owners.noticed(change, TYPE, "Deployment", look);
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(TYPE, key.namespace(), key.name());
        if (found.isEmpty() || Pods.going(found.get())) {
            return Optional.empty();
        }
        var deployment = found.get();
        var spec = deployment.tree().path("spec");
        int wanted = spec.path("replicas").asInt(1);
        var hash = Pods.hash(spec.path("template"));
        var current = current(cluster, deployment, hash);
        if (current.isEmpty() && !spec.path("paused").asBoolean()) {
            current = Optional.of(create(cluster, deployment, hash));
        }
        if (current.isPresent()) {
            var set = current.get();
            promote(cluster, deployment, set);
            var old = others(cluster, deployment, set);
            var resizer = new Rollout(cluster, deployment, name(), events);
            if (spec.path("strategy").path("type").asText().equals("Recreate")) {
                resizer.recreate(set, old, wanted);
            } else {
                resizer.roll(set, old, wanted);
            }
            forget(cluster, spec, old);
        }
        var report = new DeploymentStatus(cluster, clock, name());
        return report.write(deployment, hash, wanted);
    }

    private static Optional<Item> current(Cluster cluster, Item deployment, String hash) {
        return Owners.controlled(cluster, deployment, ReplicaSets.TYPE).stream()
                .filter(set -> hash.equals(set.labels().get(Pods.HASH))).findFirst();
    }

    private static List<Item> others(Cluster cluster, Item deployment, Item current) {
        return Owners.controlled(cluster, deployment, ReplicaSets.TYPE).stream()
                .filter(set -> !set.uid().equals(current.uid()))
                .sorted(Comparator.comparingLong(Deployments::revision)).toList();
    }

    private Item create(Cluster cluster, Item deployment, String hash) {
        var spec = deployment.tree().path("spec");
        var set = Json.object();
        Owners.own(deployment, set);
        var metadata = Json.child(set, "metadata").put("name", deployment.name() + "-" + hash);
        var template = spec.path("template");
        metadata.set("labels", template.path("metadata").path("labels").deepCopy());
        Json.child(metadata, "labels").put(Pods.HASH, hash);
        var inside = set.putObject("spec").put("replicas", 0);
        copy(spec, "minReadySeconds", inside);
        inside.set("selector", spec.path("selector").deepCopy());
        Json.child(Json.child(inside, "selector"), "matchLabels").put(Pods.HASH, hash);
        inside.set("template", template.deepCopy());
        Json.child(Json.child(Json.child(inside, "template"), "metadata"), "labels")
                .put(Pods.HASH, hash);
        return cluster.create(ReplicaSets.TYPE, set, Write.by(name()));
    }

    /// Gives the current set the highest revision, and the deployment that number.
    private void promote(Cluster cluster, Item deployment, Item set) {
        long highest = others(cluster, deployment, set).stream()
                .mapToLong(Deployments::revision).max().orElse(0);
        long revision = revision(set) > highest ? revision(set) : highest + 1;
        annotate(cluster, set, revision);
        annotate(cluster, deployment, revision);
    }

    private void annotate(Cluster cluster, Item item, long revision) {
        if (revision(item) != revision) {
            cluster.change(item.type(), item.namespace(), item.name(), Write.by(name()), object -> {
                Json.child(Json.child(object, "metadata"), "annotations")
                        .put(REVISION, Long.toString(revision));
                return object;
            });
        }
    }

    static long revision(Item item) {
        return item.tree().path("metadata").path("annotations").path(REVISION).asLong(0);
    }

    /// Empty old sets beyond `revisionHistoryLimit` go, the oldest first.
    private static void forget(Cluster cluster, JsonNode spec, List<Item> old) {
        var empty = new ArrayList<>(old.stream()
                .filter(set -> set.tree().path("spec").path("replicas").asInt() == 0)
                .filter(set -> set.tree().path("status").path("replicas").asInt() == 0).toList());
        int limit = spec.path("revisionHistoryLimit").asInt(10);
        empty.stream().limit(Math.max(0, empty.size() - limit)).forEach(set -> cluster.delete(
                ReplicaSets.TYPE, set.namespace(), set.name(), Deletion.BACKGROUND));
    }

    private static void copy(JsonNode from, String field,
            ObjectNode to) {
        if (from.has(field)) {
            to.set(field, from.get(field));
        }
    }
}
