package orrery.kit.durable;

import java.time.Duration;
import java.time.Instant;
import orrery.kit.access.Scope;
import orrery.kit.events.Subject;
import org.jspecify.annotations.Nullable;

/// One execution of a saga, as its readers see it.
///
/// @param id          `run_…`
/// @param type        the saga's name
/// @param subject     the resource that it changes
/// @param triggeredBy who asked for it
/// @param attempt     1, or one more than that of the run which this one repeats
/// @param retryOf     the run that this one repeats
/// @param parent      the run whose step this one is
/// @param progress    what it is doing just now, for people
public record Run(
        String id,
        String type,
        Status status,
        @Nullable Subject subject,
        Scope scope,
        String triggeredBy,
        int attempt,
        @Nullable String retryOf,
        @Nullable String parent,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt,
        Instant deadline,
        @Nullable String progress,
        @Nullable Error error) {

    /// Why it did not complete.
    ///
    /// @param code    `NOT_FOUND`, `STEP_FAILED`, `DEADLINE_EXCEEDED`
    /// @param message a sentence for people, without secrets
    /// @param step    the step that failed; null when none was under way
    public record Error(String code, String message, @Nullable String step) {}

    /// How long it has been at work until its end, or until `now`.
    public Duration duration(Instant now) {
        if (startedAt == null) {
            return Duration.ZERO;
        }
        return Duration.between(startedAt, completedAt == null ? now : completedAt);
    }
}
