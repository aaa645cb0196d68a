package orrery.sim.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import orrery.sim.type.ResourceType;

/// Looks at writes and deletions after the types' own rules, as an admission webhook does.
@FunctionalInterface
public interface Gate {
    /// Called with the cluster's lock held: it may read the cluster, and must be quick.
    ///
    /// @param old    the object before; null when it is being created
    /// @param object the object to be written; what is changed in it is written
    /// @throws orrery.sim.type.Refusal to deny the write
    void review(Cluster cluster, ResourceType type, Item old, ObjectNode object);

    /// Called, as [#review], before an object is deleted or marked as going.
    ///
    /// @throws orrery.sim.type.Refusal to deny the deletion
    default void removal(Cluster cluster, Item old) {}

    /// This one, then another.
    default Gate and(Gate next) {
        var first = this;
        return new Gate() {
            @Override
            public void review(Cluster cluster, ResourceType type, Item old, ObjectNode object) {
                first.review(cluster, type, old, object);
                next.review(cluster, type, old, object);
            }

            @Override
            public void removal(Cluster cluster, Item old) {
                first.removal(cluster, old);
                next.removal(cluster, old);
            }
        };
    }
}
