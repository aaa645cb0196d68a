package orrery.kit.durable;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One step of a run, as its readers see it.
///
/// @param duration null while it is under way
public record RunStep(String name, State status, @Nullable Duration duration) {
    public enum State {
        RUNNING, COMPLETED, FAILED, UNDONE;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
