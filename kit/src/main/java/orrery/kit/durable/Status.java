package orrery.kit.durable;

import java.util.Locale;

/// Where a run stands. On the wire and in the table in lower case.
public enum Status {
    PENDING,
    RUNNING,
    COMPLETED,
    /// A step failed for good, and what was done was undone.
    FAILED,
    /// Somebody cancelled it, and what was done was undone.
    CANCELLED,
    /// It cannot go on and cannot be undone by itself; its resource stays reserved.
    ATTENTION;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Status parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    public boolean isOver() {
        return this != PENDING && this != RUNNING;
    }
}
