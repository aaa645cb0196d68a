package orrery.kit;

import java.util.ArrayList;
import java.util.List;
import orrery.kit.Problem.Mistake;

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
