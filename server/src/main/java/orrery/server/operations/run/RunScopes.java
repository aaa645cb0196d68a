package orrery.server.operations.run;

import orrery.kit.access.Scope;
import orrery.kit.durable.RunFilter;

/// Filters of runs, in one place.
final class RunScopes {
    private RunScopes() {}

    static RunFilter in(RunFilter filter, Scope place) {
        return new RunFilter(place, filter.type(), filter.status(), filter.subjectKind(),
                filter.subjectId(), filter.triggeredBy(), filter.since(), filter.until());
    }
}
