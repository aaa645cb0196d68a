package orrery.server.operations.run;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import orrery.kit.durable.Run;
import orrery.kit.durable.RunStep;
import org.jspecify.annotations.Nullable;

/// A run as the cloud family shows it.
///
/// @param type the saga's name: `cluster.create`
/// @param steps what it has done so far, in order; none in lists
/// @param progress what it is doing just now, for people
record RunView(
        String id,
        String selfLink,
        String type,
        String status,
        @Nullable String resourceType,
        @Nullable String resourceId,
        @Nullable String organizationId,
        @Nullable String projectId,
        String triggeredBy,
        int attempt,
        @Nullable String retryOf,
        @Nullable String parentId,
        @Nullable String progress,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt,
        long durationMs,
        Run.@Nullable Error error,
        List<Step> steps) {

    record Step(String name, String status, @Nullable Long durationMs) {}

    static RunView of(Run run, List<RunStep> steps, Clock clock) {
        var subject = run.subject();
        return new RunView(run.id(), "/v1/regions/global/workflows/runs/" + run.id(), run.type(),
                run.status().text(), subject == null ? null : subject.kind(),
                subject == null ? null : subject.id(), run.scope().organization(),
                run.scope().project(), run.triggeredBy(), run.attempt(), run.retryOf(),
                run.parent(), run.progress(), run.createdAt(), run.startedAt(),
                run.completedAt(), run.duration(clock.instant()).toMillis(), run.error(),
                steps.stream().map(RunView::step).toList());
    }

    private static Step step(RunStep step) {
        return new Step(step.name(), step.status().text(), millis(step.duration()));
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : Long.valueOf(duration.toMillis());
    }
}
