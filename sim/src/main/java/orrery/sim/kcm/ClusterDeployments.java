package orrery.sim.kcm;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Finalizers;
import orrery.sim.operator.Operator;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Makes, changes and removes the simulated clusters that ClusterDeployments describe.
final class ClusterDeployments implements Operator {
    private final String management;
    private final ChildClusters children;
    private final ClusterSecrets secrets;
    private final Phases phases;
    private final Clock clock;

    ClusterDeployments(String management, ChildClusters children, Phases phases, Clock clock) {
        this.management = management;
        this.children = children;
        this.secrets = new ClusterSecrets(children);
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
            case Kcm.TEMPLATES, Kcm.CHAINS, Kcm.CREDENTIALS, Kcm.SERVICES, Kcm.SERVICE_CHAINS ->
                    cluster.list(Kcm.DEPLOYMENTS, change.item().namespace())
                            .forEach(item -> look.accept(item.key()));
            case Kcm.SETS -> look.accept(new Key(Kcm.DEPLOYMENTS, change.item().namespace(),
                    Services.field(change.item(), "cluster")));
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
        var spec = item.tree().path("spec");
        var template = cluster.get(Kcm.TEMPLATES, key.namespace(),
                spec.path("template").asText());
        if (item.going()) {
            return new Removal(cluster, children, secrets, phases, clock).step(item,
                    template.filter(Providers::adopts).isPresent());
        }
        if (!prepared(item)) {
            prepare(cluster, item, template);
            return Optional.empty();
        }
        var status = new DeploymentConditions(cluster, item, clock);
        boolean sound = status.references(template);
        if (!sound || spec.path("dryRun").asBoolean()) {
            return Optional.empty();
        }
        return advance(cluster, item, template.orElseThrow(), status);
    }

    /// One step towards what the spec asks for; each step is shown before the next begins.
    private Optional<Duration> advance(Cluster cluster, Item item, Item template,
            DeploymentConditions status) {
        var step = Step.next(item);
        if (step == Step.SERVICES || step == Step.DONE) {
            return keep(cluster, item, template, status);
        }
        return switch (phases.turn(cluster, item, step.phase)) {
            case Phases.Going going -> {
                if (step == Step.CHART) {
                    status.begin();
                } else {
                    status.overdue();
                }
                yield Optional.of(going.left().orElse(ReadySum.PATIENCE));
            }
            case Phases.Failed failed -> {
                status.failed(step, failed.message());
                yield Optional.empty();
            }
            case Phases.Over over -> take(step, cluster, item, template, status)
                    ? Optional.of(Duration.ofMillis(1)) : Optional.empty();
        };
    }

    /// @return whether the step is done
    private boolean take(Step step, Cluster cluster, Item item, Item template,
            DeploymentConditions status) {
        switch (step) {
            case CHART -> {
                if (!status.chart(template)) {
                    return false;
                }
                status.done(step);
            }
            case RELEASE -> {
                reinstall(cluster, item, template, status);
                if (!Providers.adopts(template)) {
                    children.nodes(item, template, true);
                }
                status.done(step);
            }
            case WORKERS -> {
                var home = secrets.home(cluster, item);
                var child = Providers.adopts(template) ? secrets.adopted(cluster, item)
                        : Optional.of(children.nodes(item, template, false));
                if (home.isEmpty() || child.isEmpty()) {
                    status.failed(step, home.isEmpty() ? "the Region's cluster is not there"
                            : "the credential's kubeconfig names no cluster of this region");
                    return false;
                }
                if (!Providers.adopts(template)) {
                    secrets.publish(home.get(), item, child.get());
                }
                secrets.propagate(cluster, item, template, child.get());
                settle(cluster, item, template, status);
            }
            case SERVICES, DONE -> { }
        }
        return true;
    }

    private void settle(
            Cluster cluster, Item item, Item template, DeploymentConditions status) {
        Services.declare(cluster, item, item.namespace(), item.name(), item.name(), "");
        status.running(template, Services.states(cluster, item), Providers.adopts(template));
    }

    /// Another chart is another release: what the old one made goes first.
    private void reinstall(
            Cluster cluster, Item item, Item template, DeploymentConditions status) {
        var old = item.tree().path("metadata").path("annotations").path(ChildClusters.CHART)
                .asText();
        var chart = Charts.of(template);
        if (old.equals(chart)) {
            return;
        }
        cluster.change(item.type(), item.namespace(), item.name(), Write.by(name()), object -> {
            Json.child(Json.child(object, "metadata"), "annotations")
                    .put(ChildClusters.CHART, chart);
            return object;
        });
        if (!old.isEmpty()) {
            status.renamed(old, chart);
            children.clear(item);
        }
    }

    /// A finished cluster stays ready, unless it was asked to flap.
    private Optional<Duration> keep(
            Cluster cluster, Item item, Item template, DeploymentConditions status) {
        var swing = phases.swing(item);
        if (swing.isPresent() && !swing.get().up()) {
            status.unreachable();
        } else {
            settle(cluster, item, template, status);
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
    /// its cluster will have. An adopted cluster has its name already.
    private void prepare(Cluster cluster, Item item, Optional<Item> template) {
        boolean adopted = template.filter(Providers::adopts).isPresent();
        var name = adopted ? "" : children.nameFor(item);
        cluster.change(item.type(), item.namespace(), item.name(), Write.by(name()), object -> {
            var metadata = Json.child(Finalizers.add(object, Kcm.FINALIZER), "metadata");
            Json.child(metadata, "labels").put(Kcm.MANAGED, "true");
            Json.child(metadata, "annotations").put(ChildClusters.NAME, name)
                    .put(ChildClusters.CHART, template.map(Charts::of).orElse(""));
            return object;
        });
    }
}
