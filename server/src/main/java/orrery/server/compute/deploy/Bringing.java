package orrery.server.compute.deploy;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import orrery.kit.Problem;
import orrery.kit.Sentences;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Steps;
import orrery.server.compute.cluster.Cluster;
import orrery.server.compute.cluster.Clusters;
import orrery.server.compute.cluster.NewCluster;
import orrery.server.platform.stack.Plan;
import orrery.server.platform.stack.Stacks;
import org.jspecify.annotations.Nullable;

/// Brings a deploy to what is wanted, from wherever it is: broken clusters go, those that stay are
/// changed one after the other, those that are missing are made all at once, and those that are
/// too many go at the end. A cluster and the row that says it is the deploy's are written
/// together, so that none is ever without a deploy.
record Bringing(
        Steps steps,
        Database database,
        Lifecycle lifecycle,
        Clusters clusters,
        Stacks stacks,
        Runs runs) {

    /// A cluster that stays.
    ///
    /// @param before the plan that it was made by
    /// @param changes whether another is wanted
    record Kept(int position, String cluster, @Nullable Plan before, boolean changes) {}

    /// All clusters that stay.
    record AllKept(List<Kept> all) {}

    /// A run of a cluster's own.
    ///
    /// @param run `null` when there was nothing to do
    record Started(String cluster, @Nullable String run) {}

    void to(Wanted wanted) {
        var id = wanted.deploy();
        var plan = steps.tx("validate", Plan.class, tx -> {
            var valid = noting(tx, wanted, () -> stacks.plan(
                    tx, lifecycle.get(tx, id).region(), wanted.stack(), wanted.parameters()));
            lifecycle.deploying(tx, id);
            return valid;
        });
        steps.tx("clear", tx -> lifecycle.placed(tx, id).reversed().stream()
                .filter(it -> it.cluster().state() == Cluster.State.FAILED
                        || it.cluster().state() == Cluster.State.DELETE_FAILED)
                .forEach(it -> clusters.delete(tx, it.cluster().id())));
        steps.await("cleared", () -> isCleared(wanted));
        var kept = steps.run("clusters that stay", AllKept.class, () -> kept(wanted, plan));
        var there = new HashMap<Integer, Kept>();
        kept.all().forEach(it -> there.put(it.position(), it));
        for (var one : kept.all()) {
            if (one.changes()) {
                change(wanted, one, plan);
            }
        }
        make(wanted, there);
        steps.tx("running", tx -> lifecycle.running(tx, wanted));
    }

    /// Whether every cluster that counts either is well or is gone.
    private boolean isCleared(Wanted wanted) {
        boolean cleared = true;
        for (var one : lifecycle.placed(steps.grant(), wanted.deploy())) {
            if (one.resource().position() <= wanted.replicas()) {
                cleared &= switch (one.cluster().state()) {
                    case RUNNING, DEGRADED, DELETED -> true;
                    case PENDING, PROVISIONING, SCALING, UPGRADING, UPDATING, DELETING -> false;
                    case FAILED, DELETE_FAILED -> throw failed(wanted, one.cluster().name(),
                            one.cluster().stateReason());
                };
            }
        }
        return cleared;
    }

    private AllKept kept(Wanted wanted, Plan plan) {
        return new AllKept(lifecycle.placed(steps.grant(), wanted.deploy()).stream()
                .filter(it -> it.resource().position() <= wanted.replicas()
                        && it.cluster().deletedAt() == null)
                .map(it -> new Kept(it.resource().position(), it.cluster().id(),
                        it.cluster().plan(), !plan.equals(it.cluster().plan())))
                .toList());
    }

    private void change(Wanted wanted, Kept one, Plan plan) {
        var name = "cluster " + one.position();
        if (one.before() != null) {
            // Its undo waits, which that of a transaction cannot.
            steps.run(name + " can be taken back", () -> { },
                    () -> restore(one.cluster(), one.before()));
        }
        var started = steps.tx("change " + name, Started.class, tx -> new Started(
                one.cluster(), clusters.replan(tx, one.cluster(), plan)));
        steps.await(name + " is changed", () -> isOver(wanted, name, started));
    }

    private void restore(String cluster, Plan before) {
        if (!database.tx(steps.grant(), tx -> clusters.restore(tx, cluster, before))) {
            throw new IllegalStateException("cluster " + cluster + " is still being changed back");
        }
    }

    private void make(Wanted wanted, Map<Integer, Kept> there) {
        var made = new LinkedHashMap<Integer, Started>();
        for (int i = 1; i <= wanted.replicas(); i++) {
            int position = i;
            if (!there.containsKey(position)) {
                made.put(position, steps.tx("cluster " + position, Started.class, tx -> {
                    var deploy = lifecycle.get(tx, wanted.deploy());
                    var accepted = noting(tx, wanted, () -> clusters.create(
                            tx, deploy.region(), asked(deploy, wanted, position)));
                    lifecycle.placed(tx, deploy.id(), position, accepted.cluster());
                    return new Started(accepted.cluster().name(), id(accepted.run()));
                }, tx -> lifecycle.remove(tx, wanted.deploy(), position)));
            }
        }
        made.forEach((position, one) -> steps.await("cluster " + position + " runs",
                () -> isOver(wanted, one.cluster(), one)));
    }

    private static NewCluster asked(Deploy deploy, Wanted wanted, int position) {
        return new NewCluster(deploy.clusterName(position), null, null, deploy.labels(), null,
                List.of(), wanted.stack(), wanted.parameters());
    }

    private static @Nullable String id(@Nullable Run run) {
        return run == null ? null : run.id();
    }

    /// Whether a cluster's own run has done its work.
    private boolean isOver(Wanted wanted, String name, Started started) {
        if (started.run() == null) {
            return true;
        }
        var run = runs.get(steps.grant(), started.run());
        return switch (run.status()) {
            case PENDING, RUNNING -> false;
            case COMPLETED -> true;
            case FAILED, CANCELLED, ATTENTION -> throw failed(wanted, name, run.error() == null
                    ? run.id() + " was " + run.status().text() : run.error().message());
        };
    }

    /// Keeps why a use case refused, although the transaction that it was in is rolled back.
    private <T> T noting(Tx tx, Wanted wanted, Supplier<T> use) {
        try {
            return use.get();
        } catch (Problem.Failure refusal) {
            tx.afterRollback(() -> lifecycle.note(
                    steps.grant(), wanted.deploy(), Sentences.of(refusal.problem())));
            throw refusal;
        }
    }

    private Problem.Failure failed(Wanted wanted, String cluster, @Nullable String why) {
        lifecycle.note(steps.grant(), wanted.deploy(), cluster + ": " + why);
        return new Problem.Conflict(Deploys.KIND, wanted.deploy(),
                "was not brought about, because of " + cluster + ": " + why).raise();
    }
}
