package orrery.kit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import orrery.kit.Problem.Mistake;
import org.jspecify.annotations.Nullable;

/// Collects every mistake of an input before refusing it, so that the caller can mend all at once.
///
/// ```java
/// new Mistakes()
///         .unless(nodeCount >= 1, "nodeCount", "must be at least 1")
///         .orRefuse();
/// ```
public final class Mistakes {
    /// More than this many tell the caller nothing new; the rest is dropped.
    private static final int LIMIT = 100;

    private final List<Mistake> found = new ArrayList<>();

    /// Notes a mistake of `field` unless `good`.
    public Mistakes unless(boolean good, String field, String message) {
        return good ? this : add(field, message);
    }

    /// Notes a mistake of `field` unless the rule holds for its value. A value that is not there
    /// breaks no rule: whoever reads it says whether it may be absent. So a record's rules can
    /// look at what is good of an input although other parts of it are missing.
    public <T> Mistakes check(
            String field, @Nullable T value, Predicate<? super T> rule, String message) {
        return unless(value == null || rule.test(value), field, message);
    }

    /// Notes a mistake of `field`.
    public Mistakes add(String field, String message) {
        if (found.size() < LIMIT) {
            found.add(new Mistake(field, message));
        }
        return this;
    }

    /// Runs a nested check whose mistakes are noted below `field`: `nodePools[0]` + `.nodeCount`.
    public Mistakes within(String field, Runnable check) {
        try {
            check.run();
        } catch (Problem.Failure refusal) {
            if (!(refusal.problem() instanceof Problem.Invalid invalid)) {
                throw refusal;
            }
            invalid.mistakes().forEach(m -> add(field + "." + m.field(), m.message()));
        }
        return this;
    }

    public boolean none() {
        return found.isEmpty();
    }

    public List<Mistake> found() {
        return List.copyOf(found);
    }

    /// Throws [Problem.Invalid] with all mistakes, if there are any.
    public void orRefuse() {
        if (!found.isEmpty()) {
            throw new Problem.Invalid(found).raise();
        }
    }
}
