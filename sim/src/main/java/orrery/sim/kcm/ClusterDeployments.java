package orrery.sim.kcm;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Conditions;
import orrery.sim.operator.Finalizers;
import orrery.sim.operator.Operator;
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
    private final Services services;
    private final Phases phases;
    private final Clock clock;

    ClusterDeployments(Region region, String management, Function<Cluster, String> kubeconfig,
            Services services, Phases phases, Clock clock) {
        this.management = management;
        this.children = new ChildClusters(region, kubeconfig, clock);
        this.services = services;
        this.phases = phases;
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
            case Kcm.DEPLOYMENTS -> {
                phases.noticed(change);
                look.accept(change.item().key());
            }
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
            return new Removal(cluster, children, phases, clock).step(item);
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
            return keep(item, template, status);
        }
        return switch (phases.turn(cluster, item, step.phase)) {
            case Phases.Going going -> {
                if (step == Step.CHART) {
                    status.begin();
                }
                yield going.left();
            }
            case Phases.Failed failed -> {
                status.failed(step, failed.message());
                yield Optional.empty();
            }
            case Phases.Over over -> {
                take(step, cluster, item, template, status);
                yield Optional.of(Duration.ofMillis(1));
            }
        };
    }

    private void take(Step step, Cluster cluster, Item item, Item template,
            DeploymentConditions status) {
        switch (step) {
            case CHART -> status.done(step);
            case RELEASE -> {
                children.nodes(item, template, true);
                status.done(step);
            }
            case WORKERS -> {
                var child = children.nodes(item, template, false);
                secret(cluster, item, children.kubeconfig(child));
                if (Services.wanted(item).isEmpty()) {
                    status.ready(template);
                } else {
                    status.done(step);
                }
            }
            case SERVICES -> {
                if (services.install(cluster, item, children.create(item))) {
                    status.ready(template);
                }
            }
            case DONE -> { }
        }
    }

    /// A finished cluster stays ready, unless it was asked to flap.
    private Optional<Duration> keep(Item item, Item template, DeploymentConditions status) {
        var swing = phases.swing(item);
        if (swing.isPresent() && !swing.get().up()) {
            status.unreachable();
        } else if (Conditions.isTrue(item.tree(), "Ready")) {
            status.upgrades(template);
        } else {
            status.ready(template);
        }
        return swing.map(Phases.Swing::left);
    }

    @Override
    public void closed(Cluster cluster) {
        phases.closed(cluster);
    }

    private static boolean prepared(Item item) {
        return Finalizers.has(item.tree(), Kcm.FINALIZER)
                && item.tree().path("metadata").path("annotations").has(ChildClusters.NAME);
    }

    /// Before anything is made: what holds the object back when it is deleted, and the name that
    /// its cluster will have.
    private void prepare(Cluster cluster, Item item) {
        var name = children.nameFor(item);
        cluster.change(item.type(), item.namespace(), item.name(), Write.by(name()), object -> {
            var metadata = Json.child(Finalizers.add(object, Kcm.FINALIZER), "metadata");
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
