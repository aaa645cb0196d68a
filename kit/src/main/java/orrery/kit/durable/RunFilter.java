package orrery.kit.durable;

import java.time.Instant;
import java.util.List;
import orrery.kit.access.Scope;
import org.jspecify.annotations.Nullable;

/// Which runs a list shows: those that have one of the values of each part. Parts that are empty or
/// null want all.
///
/// @param scope this place and all below it
/// @param since created at this time or later
/// @param until created before this time
public record RunFilter(
        Scope scope,
        List<String> types,
        List<Status> statuses,
        List<String> subjectKinds,
        List<String> subjectIds,
        List<String> triggeredBy,
        @Nullable Instant since,
        @Nullable Instant until) {

    public RunFilter {
        types = List.copyOf(types);
        statuses = List.copyOf(statuses);
        subjectKinds = List.copyOf(subjectKinds);
        subjectIds = List.copyOf(subjectIds);
        triggeredBy = List.copyOf(triggeredBy);
    }

    public static RunFilter of(Scope scope) {
        return new RunFilter(scope, List.of(), List.of(), List.of(), List.of(), List.of(), null,
                null);
    }

    /// The same runs, of another place.
    public RunFilter in(Scope other) {
        return new RunFilter(other, types, statuses, subjectKinds, subjectIds, triggeredBy,
                since, until);
    }
}
