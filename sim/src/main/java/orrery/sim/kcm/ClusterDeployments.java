package orrery.sim.kcm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import orrery.sim.kcm.Progress.Step;
import orrery.sim.operator.Operator;
import orrery.sim.operator.Timing;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Region;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// Makes, changes and removes the simulated clusters that ClusterDeployments describe.
final class ClusterDeployments implements Operator {
    private final String management;
    private final ChildClusters children;
    private final Progress progress;
    private final Clock clock;

    ClusterDeployments(Region region, String management, Function<Cluster, String> kubeconfig,
            Timing timing, Clock clock) {
        this.management = management;
        this.children = new ChildClusters(region, kubeconfig, clock);
        this.progress = new Progress(timing.phase(), clock);
        this.clock = clock;
    }

    @Override
    public String name() {
        return Kcm.MANAGER;
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        if (!cluster.name().equals(management)) {
            return;
        }
        switch (change.type()) {
            case Kcm.DEPLOYMENTS -> look.accept(change.item().key());
            case Kcm.TEMPLATES, Kcm.CHAINS, Kcm.CREDENTIALS -> cluster
                    .list(Kcm.DEPLOYMENTS, change.item().namespace())
                    .forEach(item -> look.accept(item.key()));
            default -> { }
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        var found = cluster.get(key.type(), key.namespace(), key.name());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var item = found.get();
        if (item.tree().path("metadata").has("deletionTimestamp")) {
            return new Removal(cluster, children, progress, clock).step(item);
        }
        if (!prepared(item)) {
            prepare(cluster, item);
            return Optional.empty();
        }
        var spec = item.tree().path("spec");
        var template = cluster.get(Kcm.TEMPLATES, key.namespace(),
                spec.path("template").asText());
        boolean dryRun = spec.path("dryRun").asBoolean();
        var status = new DeploymentConditions(cluster, item, clock);
        boolean sound = status.references(template);
        if (!sound || dryRun) {
            return Optional.empty();
        }
        return advance(cluster, item, template.orElseThrow(), status);
    }

    /// One step towards what the spec asks for; each step is shown before the next begins.
    private Optional<Duration> advance(Cluster cluster, Item item, Item template,
            DeploymentConditions status) {
        var step = Step.next(item);
        if (step == Step.DONE) {
            status.upgrades(template);
            return Optional.empty();
        }
        var wait = progress.wait(item, step);
        if (wait.isPresent()) {
            if (step == Step.CHART) {
                status.begin();
            }
            return wait;
        }
        switch (step) {
            case CHART -> status.done(step);
            case RELEASE -> {
                children.nodes(item, template, true);
                status.done(step);
            }
            case WORKERS -> {
                var child = children.nodes(item, template, false);
                secret(cluster, item, children.kubeconfig(child));
                status.ready(template);
            }
            case DONE -> { }
        }
        return Optional.of(Duration.ofMillis(1));
    }

    private static boolean prepared(Item item) {
        var metadata = item.tree().path("metadata");
        for (var finalizer : metadata.path("finalizers")) {
            if (finalizer.asText().equals(Kcm.FINALIZER)) {
                return metadata.path("annotations").has(ChildClusters.NAME);
            }
        }
        return false;
    }

    /// Before anything is made: what holds the object back when it is deleted, and the name that
    /// its cluster will have.
    private void prepare(Cluster cluster, Item item) {
        var name = children.nameFor(item);
        cluster.change(item.type(), item.namespace(), item.name(), Write.by(name()), object -> {
            ObjectNode metadata = Json.child(object, "metadata");
            var finalizers = metadata.withArray("finalizers");
            boolean there = false;
            for (var one : finalizers) {
                there |= one.asText().equals(Kcm.FINALIZER);
            }
            if (!there) {
                finalizers.add(Kcm.FINALIZER);
            }
            Json.child(metadata, "labels").put(Kcm.MANAGED, "true");
            Json.child(metadata, "annotations").put(ChildClusters.NAME, name);
            return object;
        });
    }

    private void secret(Cluster cluster, Item item, String kubeconfig) {
        var name = item.name() + "-kubeconfig";
        var value = Base64.getEncoder().encodeToString(
                kubeconfig.getBytes(StandardCharsets.UTF_8));
        if (cluster.get("secrets", item.namespace(), name).isEmpty()) {
            var secret = Json.object();
            secret.putObject("metadata").put("name", name).put("namespace", item.namespace())
                    .putObject("labels").put("cluster.x-k8s.io/cluster-name", item.name());
            secret.put("type", "cluster.x-k8s.io/secret").putObject("data").put("value", value);
            cluster.create("secrets", secret, Write.by(name()));
            return;
        }
        cluster.change("secrets", item.namespace(), name, Write.by(name()), object -> {
            Json.child(object, "data").put("value", value);
            return object;
        });
    }

    /// Deletes the Secret with a cluster's kubeconfig, if it is there.
    static void dropSecret(Cluster cluster, Item item) {
        try {
            cluster.delete("secrets", item.namespace(), item.name() + "-kubeconfig",
                    Deletion.BACKGROUND);
        } catch (Refusal refused) {
            if (refused.code() != 404) {
                throw refused;
            }
        }
    }
}
