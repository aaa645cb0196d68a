package orrery.cli.demo;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import orrery.cli.Refused;

/// What the journey made and has not yet removed, the newest first.
final class Undo {
    private record Removal(String what, Runnable action) {}

    private final Deque<Removal> left = new ArrayDeque<>();

    /// Notes how `what` is removed again.
    void later(String what, Runnable action) {
        left.push(new Removal(what, action));
    }

    /// Removes everything, the newest first; the first refusal ends it and stays on the list.
    ///
    /// @return how many things were removed
    int all() {
        int removed = 0;
        while (!left.isEmpty()) {
            left.element().action().run();
            left.pop();
            removed++;
        }
        return removed;
    }

    /// Removes what can be removed after a failure, and says what could not.
    void whatGoes(Consumer<String> said) {
        while (!left.isEmpty()) {
            var removal = left.pop();
            try {
                removal.action().run();
            } catch (Refused refused) {
                said.accept("left behind: " + removal.what() + " (" + refused.getMessage() + ")");
            }
        }
    }
}
