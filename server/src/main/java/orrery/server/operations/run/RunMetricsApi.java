package orrery.server.operations.run;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import orrery.kit.Mistakes;
import orrery.kit.access.Grant;
import orrery.kit.durable.RunMetrics;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// How many runs there were, how they ended and how long they took, of those that the caller may
/// list.
@Path("/v1/regions/global/workflows/metrics")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class RunMetricsApi permits RunMetricsShortApi {
    private static final Duration STANDARD = Duration.ofDays(1);
    private static final Duration LONGEST = Duration.ofDays(31);

    private final VisibleRuns runs;
    private final Clock clock;

    RunMetricsApi(VisibleRuns runs, Clock clock) {
        this.runs = runs;
        this.clock = clock;
    }

    /// @param since from when on runs are counted: later than asked for where there were more than
    ///     100,000
    record View(Instant since, Instant until, long total, List<OfType> types) {}

    /// @param statuses how many stand where
    /// @param durationMs of those that completed; `null` when none did
    record OfType(String type, long total, Map<String, Long> statuses,
            @Nullable Durations durationMs) {
        static OfType of(RunMetrics.OfType type) {
            var statuses = new TreeMap<String, Long>();
            type.statuses().forEach((status, runs) -> statuses.put(status.text(), runs));
            return new OfType(
                    type.type(), type.total(), statuses, Durations.of(type.durations()));
        }
    }

    record Durations(long p50, long p90, long p99, long max) {
        static @Nullable Durations of(RunMetrics.@Nullable Durations d) {
            return d == null ? null : new Durations(d.p50().toMillis(), d.p90().toMillis(),
                    d.p99().toMillis(), d.longest().toMillis());
        }
    }

    private static List<String> types(@Nullable String said) {
        return said == null ? List.of() : Arrays.stream(said.split(",")).map(String::strip)
                .filter(type -> !type.isEmpty()).toList();
    }

    /// @param type of runs, several with commas between
    @GET
    @Own
    public Answer<View> get(@Context Grant grant, @QueryParam("since") @Nullable String since,
            @QueryParam("type") @Nullable String type) {
        var now = clock.instant();
        var asked = RunQuery.time("since", since);
        new Mistakes().check("since", asked, it -> !it.isBefore(now.minus(LONGEST)),
                "must be at most " + LONGEST.toDays() + " days ago").orRefuse();
        var metrics = runs.metrics(
                grant, types(type), asked == null ? now.minus(STANDARD) : asked);
        return Answer.ok(new View(metrics.since(), now,
                metrics.types().stream().mapToLong(RunMetrics.OfType::total).sum(),
                metrics.types().stream().map(OfType::of).toList()));
    }
}
