package orrery.sim.store;

/// Follows all clusters of a region. Called on the thread that publishes changes, cluster by
/// cluster in order of version, after the change is on disk: it may only note what to look at
/// and return at once.
public interface RegionListener {
    /// A cluster exists: called for each at registration, then for each new one before its
    /// first change. What it holds already is to be read from it.
    void opened(Cluster cluster);

    void changed(Cluster cluster, Change change);

    /// The cluster and all it held are gone.
    void closed(Cluster cluster);
}
