package orrery.sim.store;

/// One write, as watches and operators see it.
///
/// @param version the cluster's resourceVersion that this write made
/// @param old the object before; null when it was created
/// @param now the object after; null when it was removed (then `last` is what it was, with the
///        removal's version)
public record Change(long version, Item old, Item now, Item last) {

    /// `plural.group` of the object's type.
    public String type() {
        return item().type();
    }

    /// The object after the change, or its last state.
    public Item item() {
        return now == null ? last : now;
    }

    public boolean created() {
        return old == null;
    }

    public boolean removed() {
        return now == null;
    }
}
