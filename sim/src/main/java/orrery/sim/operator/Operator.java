package orrery.sim.operator;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Key;

/// An idempotent reconciler of one kind of object.
///
/// It keeps nothing in memory that the store does not tell it again at the start: it may be asked
/// to look at any object at any time, any number of times, also at one that is gone.
public interface Operator {
    /// The field manager of its writes and the source of its events.
    String name();

    /// Says which objects to look at because of a change. Runs on the store's publishing thread,
    /// so it only reads the change.
    void noticed(Cluster cluster, Change change, Consumer<Key> look);

    /// Looks at one object and does what is missing.
    ///
    /// @return when to look again though nothing changes; empty for never
    Optional<Duration> reconcile(Cluster cluster, Key key);

    /// Whether it has something for this cluster that a restart would end, as processes of
    /// pods. Called with the cluster's lock held: it must not use the cluster.
    default boolean holds(Cluster cluster) {
        return false;
    }

    /// Forgets a cluster that is gone.
    default void closed(Cluster cluster) {}
}
