package orrery.sim.store;

/// How an object is deleted (meta/v1 DeleteOptions).
///
/// @param gracePeriodSeconds null takes the object's own
/// @param propagation what becomes of the objects that it owns
/// @param uid refuses (409) unless the object has it; null asks nothing
/// @param resourceVersion refuses (409) unless the object has it; null asks nothing
public record Deletion(
        Long gracePeriodSeconds,
        Propagation propagation,
        String uid,
        String resourceVersion,
        boolean dryRun) {

    /// `propagationPolicy`.
    public enum Propagation { BACKGROUND, FOREGROUND, ORPHAN }

    public static final Deletion BACKGROUND =
            new Deletion(null, Propagation.BACKGROUND, null, null, false);

    /// At once, without waiting for the kubelet: how the kubelet itself removes a pod.
    public static final Deletion NOW =
            new Deletion(0L, Propagation.BACKGROUND, null, null, false);
}
