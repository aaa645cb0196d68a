package orrery.kit.events;

import orrery.kit.access.Scope;
import org.jspecify.annotations.Nullable;

/// Which events a reader wants. Parts that are null want all.
///
/// @param scope       this place and all below it
/// @param subjectKind `cluster`
/// @param subjectId   `cls_…`
/// @param type        an exact type, or all that begin with it when it ends in a dot: `cluster.`
public record EventFilter(
        Scope scope,
        @Nullable String subjectKind,
        @Nullable String subjectId,
        @Nullable String type) {

    public static EventFilter of(Scope scope) {
        return new EventFilter(scope, null, null, null);
    }

    public static EventFilter of(Scope scope, Subject subject) {
        return new EventFilter(scope, subject.kind(), subject.id(), null);
    }

    public boolean matches(Event event) {
        return scope.contains(event.scope())
                && (subjectKind == null || subjectKind.equals(event.subject().kind()))
                && (subjectId == null || subjectId.equals(event.subject().id()))
                && (type == null || type.equals(event.type())
                        || type.endsWith(".") && event.type().startsWith(type));
    }
}
