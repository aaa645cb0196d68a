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
import orrery.kit.durable.Runs;
import orrery.kit.durable.Steps;
import orrery.server.compute.deploy.Maker.Health;
import orrery.server.compute.deploy.Maker.Made;
import orrery.server.platform.stack.Plan;
import orrery.server.platform.stack.Stack;
import orrery.server.platform.stack.Stacks;
import org.jspecify.annotations.Nullable;

/// Brings a deploy to what is wanted, from wherever it is: what is broken goes, what stays is
/// changed one after the other, what is missing is made all at once, and what is too much goes at
/// the end. A part and the row that says it is the deploy's are written together, so that none is
/// ever without a deploy.
record Bringing(
        Steps steps,
        Database database,
        Lifecycle lifecycle,
        Makers makers,
        Stacks stacks,
        Runs runs) {

    /// A part that stays.
    ///
    /// @param before the plan that it was made by
    /// @param changes whether another is wanted
    record Kept(int position, String id, @Nullable Plan before, boolean changes) {}

    /// All parts that stay.
    record AllKept(List<Kept> all) {}

    /// A run of a part's own.
    ///
    /// @param run `null` when there was nothing to do
    record Started(@Nullable String run) {}

    void to(Wanted wanted) {
        var id = wanted.deploy();
        var plan = steps.tx("validate", Plan.class, tx -> {
            var valid = noting(tx, wanted, () -> {
                var it = stacks.plan(tx, lifecycle.get(tx, id).region(), wanted.stack(),
                        wanted.parameters());
                makers.of(it);
                return it;
            });
            lifecycle.deploying(tx, id);
            return valid;
        });
        var maker = makers.of(plan);
        steps.tx("clear", tx -> lifecycle.placed(tx, id).reversed().stream()
                .filter(it -> it.part().health() == Health.BROKEN)
                .forEach(it -> maker.delete(tx, it.part().id())));
        steps.await("cleared", () -> isCleared(wanted));
        var kept = steps.tx(maker.resource() + "s that stay", AllKept.class,
                tx -> kept(tx, wanted, maker, plan));
        var there = new HashMap<Integer, Kept>();
        kept.all().forEach(it -> there.put(it.position(), it));
        for (var one : kept.all()) {
            if (one.changes()) {
                change(wanted, maker, one, plan);
            }
        }
        make(wanted, maker, plan, there);
        steps.tx("running", tx -> lifecycle.running(tx, wanted));
    }

    /// Whether every part that counts either is well or is gone.
    private boolean isCleared(Wanted wanted) {
        boolean cleared = true;
        for (var one : lifecycle.placed(steps.grant(), wanted.deploy())) {
            if (one.resource().position() <= wanted.replicas()) {
                cleared &= switch (one.part().health()) {
                    case WELL, GONE -> true;
                    case CHANGING -> false;
                    case BROKEN -> throw failed(
                            wanted, one.part().name(), one.part().reason());
                };
            }
        }
        return cleared;
    }

    private AllKept kept(Tx tx, Wanted wanted, Maker maker, Plan plan) {
        var deploy = lifecycle.get(tx, wanted.deploy());
        // Clusters know what they were made by, of whose stack nothing else may be left.
        boolean knows = plan.kind() == Stack.Kind.CLUSTER;
        var last = knows ? null : stacks.plan(
                tx, deploy.region(), deploy.stackId(), deploy.parameters());
        return new AllKept(lifecycle.placed(tx, wanted.deploy()).stream()
                .filter(it -> it.resource().position() <= wanted.replicas()
                        && it.part().health() != Health.GONE)
                .map(it -> {
                    var before = knows ? it.part().plan() : last;
                    var obstacle = before == null ? null : maker.obstacle(before, plan);
                    if (obstacle != null) {
                        var name = it.part().name();
                        tx.afterRollback(() -> lifecycle.note(
                                steps.grant(), wanted.deploy(), name + ": " + obstacle));
                        throw refused(wanted, name, obstacle);
                    }
                    return new Kept(it.resource().position(), it.part().id(), before,
                            !plan.equals(before));
                }).toList());
    }

    private void change(Wanted wanted, Maker maker, Kept one, Plan plan) {
        var name = maker.resource() + " " + one.position();
        if (one.before() != null) {
            // Its undo waits, which that of a transaction cannot.
            steps.run(name + " can be taken back", () -> { },
                    () -> restore(maker, one.id(), one.before()));
        }
        var started = steps.tx("change " + name, Started.class,
                tx -> new Started(maker.change(tx, one.id(), plan)));
        steps.await(name + " is changed", () -> isOver(wanted, name, started.run()));
    }

    private void restore(Maker maker, String id, Plan before) {
        if (!database.tx(steps.grant(), tx -> maker.restore(tx, id, before))) {
            throw new IllegalStateException(
                    maker.resource() + " " + id + " is still being changed back");
        }
    }

    private void make(Wanted wanted, Maker maker, Plan plan, Map<Integer, Kept> there) {
        var made = new LinkedHashMap<Integer, Made>();
        for (int i = 1; i <= wanted.replicas(); i++) {
            int position = i;
            if (!there.containsKey(position)) {
                made.put(position, steps.tx(maker.resource() + " " + position, Made.class, tx -> {
                    var deploy = lifecycle.get(tx, wanted.deploy());
                    var one = noting(tx, wanted, () -> maker.make(
                            tx, deploy, wanted, plan, deploy.nameOf(position)));
                    lifecycle.placed(tx, deploy.id(), new Deploy.Resource(
                            position, maker.resource(), one.id()));
                    return one;
                }, tx -> lifecycle.remove(tx, wanted.deploy(), position)));
            }
        }
        made.forEach((position, one) -> steps.await(maker.resource() + " " + position + " runs",
                () -> isOver(wanted, one.name(), one.run())));
    }

    /// Whether a part's own run has done its work.
    private boolean isOver(Wanted wanted, String name, @Nullable String started) {
        if (started == null) {
            return true;
        }
        var run = runs.get(steps.grant(), started);
        steps.progress(name, run);
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

    private Problem.Failure failed(Wanted wanted, String part, @Nullable String why) {
        lifecycle.note(steps.grant(), wanted.deploy(), part + ": " + why);
        return refused(wanted, part, why);
    }

    private static Problem.Failure refused(Wanted wanted, String part, @Nullable String why) {
        return new Problem.Conflict(Deploys.KIND, wanted.deploy(),
                "was not brought about, because of " + part + ": " + why).raise();
    }
}
