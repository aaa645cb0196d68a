package orrery.sim.store;

import java.time.Duration;
import java.util.Optional;

/// Follows all clusters of a region. Called on the thread that publishes changes, cluster by
/// cluster in order of version, after the change is on disk: it may only note what to look at
/// and return at once.
public interface RegionListener {
    /// A cluster exists, and may hold what asks for work: called for each new one before its
    /// first change; after a start for each that was not at rest, and for others when they
    /// are used for the first time. What it holds already is to be read from it.
    void opened(Cluster cluster);

    /// How soon there is work for a cluster though nothing changes in it; zero while there is
    /// some, empty for never. Called with the cluster's lock held: it must not use the cluster.
    default Optional<Duration> nextWork(Cluster cluster) {
        return Optional.empty();
    }

    void changed(Cluster cluster, Change change);

    /// The cluster and all it held are gone.
    void closed(Cluster cluster);
}
