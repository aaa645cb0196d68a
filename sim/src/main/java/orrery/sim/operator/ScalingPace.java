package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntBinaryOperator;

/// How fast one autoscaler may move: what its `behavior` says of windows and policies
/// (autoscaling/v2), and what was recommended and done lately.
final class ScalingPace {
    private static final long STABLE_SECONDS = 300;

    /// The longest window or period that there can be.
    private static final long MEMORY_SECONDS = 3600;

    /// Without a behaviour growth stops here at a time, or at twice as many.
    private static final int FIRST_STEP = 4;

    private record Count(Instant at, int replicas) {}

    private final Deque<Count> recommended = new ArrayDeque<>();
    private final Deque<Count> changes = new ArrayDeque<>();

    /// The next number of replicas on the way from `current` to `wanted`.
    synchronized int next(JsonNode behavior, int current, int wanted, Instant now) {
        forget(recommended, now);
        forget(changes, now);
        recommended.add(new Count(now, wanted));
        var up = behavior.path("scaleUp");
        var down = behavior.path("scaleDown");
        int least = within(up.path("stabilizationWindowSeconds").asLong(0), now, wanted,
                Math::min);
        int most = within(down.path("stabilizationWindowSeconds").asLong(STABLE_SECONDS), now,
                wanted, Math::max);
        if (current < least) {
            return Math.min(least, behavior.isObject() ? ceiling(up, current, now)
                    : Math.max(2 * current, FIRST_STEP));
        }
        return current > most ? Math.max(most, floor(down, current, now)) : current;
    }

    /// Takes note of a change that was made.
    synchronized void changed(int from, int to, Instant now) {
        changes.add(new Count(now, to - from));
    }

    private static void forget(Deque<Count> counts, Instant now) {
        counts.removeIf(one -> one.at().isBefore(now.minusSeconds(MEMORY_SECONDS)));
    }

    private int within(long seconds, Instant now, int wanted, IntBinaryOperator choice) {
        return recommended.stream().filter(one -> !one.at().isBefore(now.minusSeconds(seconds)))
                .mapToInt(Count::replicas).reduce(wanted, choice);
    }

    /// As many as the policies let it grow to.
    private int ceiling(JsonNode rules, int current, Instant now) {
        boolean least = rules.path("selectPolicy").asText().equals("Min");
        if (rules.path("selectPolicy").asText().equals("Disabled")) {
            return current;
        }
        int limit = least ? Integer.MAX_VALUE : current;
        for (var policy : rules.path("policies")) {
            int start = current - added(policy, now);
            long value = policy.path("value").asLong();
            int to = (int) Math.min(Integer.MAX_VALUE, isPercent(policy)
                    ? (long) Math.ceil(start * (1 + value / 100.0)) : start + value);
            limit = least ? Math.min(limit, to) : Math.max(limit, to);
        }
        return Math.max(current, limit);
    }

    /// As few as the policies let it shrink to.
    private int floor(JsonNode rules, int current, Instant now) {
        boolean least = rules.path("selectPolicy").asText().equals("Min");
        if (rules.path("selectPolicy").asText().equals("Disabled")) {
            return current;
        }
        int limit = rules.path("policies").isEmpty() ? 0 : least ? 0 : current;
        for (var policy : rules.path("policies")) {
            int start = current + removed(policy, now);
            long value = policy.path("value").asLong();
            int to = (int) Math.max(0, isPercent(policy)
                    ? (long) (start * (1 - value / 100.0)) : start - value);
            limit = least ? Math.max(limit, to) : Math.min(limit, to);
        }
        return Math.min(current, limit);
    }

    private static boolean isPercent(JsonNode policy) {
        return policy.path("type").asText().equals("Percent");
    }

    private int added(JsonNode policy, Instant now) {
        return lately(policy, now, 1);
    }

    private int removed(JsonNode policy, Instant now) {
        return lately(policy, now, -1);
    }

    private int lately(JsonNode policy, Instant now, int sign) {
        var since = now.minusSeconds(policy.path("periodSeconds").asLong());
        return changes.stream().filter(one -> one.at().isAfter(since))
                .mapToInt(one -> Math.max(0, sign * one.replicas())).sum();
    }
}
