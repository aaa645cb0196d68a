package orrery.kit.durable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How many runs there were in a time, how they ended, and how long they took.
///
/// @param since when the first run was created that is counted: later than asked for where there
///     were more runs than are counted
/// @param types by name, those alone of which there were runs
public record RunMetrics(Instant since, List<OfType> types) {
    public RunMetrics {
        types = List.copyOf(types);
    }

    /// @param statuses how many stand where; none are left out
    /// @param durations of those that completed; `null` when none did
    public record OfType(
            String type, long total, Map<Status, Long> statuses, @Nullable Durations durations) {
        public OfType {
            statuses = Map.copyOf(statuses);
        }
    }

    /// How long half of them took at most, nine tenths, all but a hundredth, and all.
    public record Durations(Duration p50, Duration p90, Duration p99, Duration longest) {}
}
