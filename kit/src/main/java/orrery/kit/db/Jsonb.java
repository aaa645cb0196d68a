package orrery.kit.db;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jdbi.v3.core.qualifier.Qualifier;

/// Marks a record's component that a `jsonb` column holds: `@Jsonb ClusterSpec spec`.
@Qualifier
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.PARAMETER, ElementType.METHOD,
    ElementType.FIELD})
public @interface Jsonb {
    /// Whether what was read is kept, and given to whoever reads the same text again: for short
    /// values that many rows repeat, and that nobody can change.
    boolean kept() default false;
}
