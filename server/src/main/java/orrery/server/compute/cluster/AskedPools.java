package orrery.server.compute.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.server.compute.cluster.NodePool.Role;
import orrery.server.platform.stack.Plan;
import orrery.server.platform.stack.StackSpec;
import org.jspecify.annotations.Nullable;

/// Which pools a new cluster gets: one of each role, or those that its stack declares.
final class AskedPools {
    private final Plan plan;
    private final List<NewCluster.Pool> asked;
    private final Mistakes mistakes = new Mistakes();

    private AskedPools(Plan plan, List<NewCluster.Pool> asked) {
        this.plan = plan;
        this.asked = asked;
    }

    /// The pools in the order in which they were asked for, then those that nobody spoke of.
    ///
    /// @param plan `null` for a cluster without a stack
    /// @throws Problem.Failure [Problem.Unprocessable] for pools that the stack does not have, and
    ///     for several of a role without one
    static List<NewCluster.Pool> of(NewCluster asked, @Nullable Plan plan) {
        if (plan != null) {
            return new AskedPools(plan, asked.nodePools()).all();
        }
        var mistakes = new Mistakes();
        for (var role : Role.values()) {
            mistakes.unless(asked.nodePools().stream().filter(it -> it.role() == role).count() <= 1,
                    "nodePools", "may have one pool of role " + text(role)
                            + ": more need a stack that declares them; say its stackId");
        }
        orRefuse(mistakes);
        return asked.nodePools();
    }

    private List<NewCluster.Pool> all() {
        var all = new ArrayList<NewCluster.Pool>();
        for (int i = 0; i < asked.size(); i++) {
            var at = "nodePools[" + i + "].";
            var pool = asked.get(i);
            find(pool, at).ifPresent(found -> {
                mistakes.unless(all.stream().noneMatch(it -> found.name().equals(it.name())),
                        at + "name", "is pool " + found.name() + " once more");
                plan.mistakes(found, choice(found.name(), pool))
                        .forEach((field, message) -> mistakes.add(at + field, message));
                all.add(new NewCluster.Pool(found.name(), pool.role(), pool.nodeCount(),
                        pool.instanceType(), pool.network(), pool.subnet()));
            });
        }
        for (var pool : plan.pools()) {
            if (all.stream().noneMatch(it -> pool.name().equals(it.name()))) {
                var role = Role.valueOf(pool.role().name());
                NewCluster.checkCount(mistakes, pool.countKey(), role, pool.standard());
                all.add(new NewCluster.Pool(
                        pool.name(), role, pool.standard(), null, null, null));
            }
        }
        orRefuse(mistakes);
        return all;
    }

    private Optional<StackSpec.Pool> find(NewCluster.Pool pool, String at) {
        var alike = plan.pools().stream()
                .filter(it -> it.role().name().equals(pool.role().name())
                        && (pool.name() == null || pool.name().equals(it.name())))
                .toList();
        if (alike.size() == 1) {
            return Optional.of(alike.getFirst());
        }
        mistakes.add(at + "name", (alike.isEmpty() ? "is no pool of this stack; it has "
                : "must say which pool of this stack is meant: ") + plan.pools().stream()
                        .map(it -> it.name() + " (" + text(Role.valueOf(it.role().name())) + ")")
                        .collect(Collectors.joining(", ")));
        return Optional.empty();
    }

    static Plan.Choice choice(String name, NewCluster.Pool pool) {
        return new Plan.Choice(
                name, pool.nodeCount(), pool.instanceType(), pool.network(), pool.subnet());
    }

    private static String text(Role role) {
        return role.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void orRefuse(Mistakes mistakes) {
        if (!mistakes.none()) {
            throw new Problem.Unprocessable(mistakes.found()).raise();
        }
    }
}
