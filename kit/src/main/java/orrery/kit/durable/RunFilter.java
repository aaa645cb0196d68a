package orrery.kit.durable;

import java.time.Instant;
import orrery.kit.access.Scope;
import org.jspecify.annotations.Nullable;

/// Which runs a list shows. Parts that are null want all.
///
/// @param scope this place and all below it
/// @param since created at this time or later
/// @param until created before this time
public record RunFilter(
        Scope scope,
        @Nullable String type,
        @Nullable Status status,
        @Nullable String subjectKind,
        @Nullable String subjectId,
        @Nullable String triggeredBy,
        @Nullable Instant since,
        @Nullable Instant until) {

    public static RunFilter of(Scope scope) {
        return new RunFilter(scope, null, null, null, null, null, null, null);
    }
}
