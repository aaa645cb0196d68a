package orrery.kit.kube;

import java.util.function.BooleanSupplier;

/// Who writes, in an order that all writers of the control plane agree on.
///
/// A runner that was frozen and thaws still believes it owns its work. Every object we write
/// carries the newest token that wrote it, and whoever finds a newer one than its own stops.
///
/// @param run identifier of the run, or name of the loop
/// @param token grows with every lease that anybody is granted
/// @param held whether the lease still runs, by the local clock
public record Fence(String run, long token, BooleanSupplier held) {
    static final String RUN = "orrery.dev/run";
    static final String TOKEN = "orrery.dev/fence";

    void check() {
        if (!held.getAsBoolean()) {
            throw new Lost(run + " no longer holds its lease");
        }
    }

    void checkNewest(String object, String writer, long writtenBy) {
        if (writtenBy > token) {
            throw new Lost(object + " was written by " + writer + " since, with the newer token "
                    + writtenBy + " > " + token);
        }
    }

    /// Somebody newer owns the work. Whoever gets this stops, and undoes nothing.
    public static final class Lost extends RuntimeException {
        Lost(String message) {
            super(message, null, false, false);
        }
    }
}
