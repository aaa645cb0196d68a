package orrery.sim.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// The clusters of a simulated region, kept in one file.
public final class Region implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final List<String> NAMESPACES =
            List.of("default", "kube-node-lease", "kube-public", "kube-system");

    /// Above the versions of what a cluster begins with: a watch from version 1, which
    /// clients try as "the very beginning", is too old here as everywhere.
    private static final long FIRST_VERSION = 100;

    private final Clock clock;
    private final Ids ids;
    private final Journal journal;
    private final Map<String, Cluster> clusters = new ConcurrentSkipListMap<>();
    private final List<RegionListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger lastId = new AtomicInteger();
    private volatile Gate gate = (cluster, type, old, object) -> { };

    private Region(Path file, Clock clock, Ids ids, Consumer<Throwable> onFailure) {
        this.clock = clock;
        this.ids = ids;
        this.journal = new Journal(file, onFailure);
    }

    /// Opens the region's file, made when it is absent, and reads what it holds.
    ///
    /// @param onFailure told when the disk refuses a write; the process must end then
    public static Region open(Path file, Clock clock, Ids ids, Consumer<Throwable> onFailure) {
        Region region = new Region(file, clock, ids, onFailure);
        region.journal.clusters().forEach((name, row) -> region.load(name, (int) row[0], row[1]));
        region.journal.start();
        region.clusters.values().forEach(Region::complete);
        return region;
    }

    /// Makes a cluster with its first namespaces; a matter of milliseconds.
    ///
    /// @param name a DNS label: it becomes part of the cluster's address
    /// @throws Refusal 409 when the name is taken, 422 when it is no DNS label
    public Cluster create(String name) {
        if (!NAME.matcher(name).matches()) {
            throw Refusal.plain(422, "Invalid", "cluster name \"" + name + "\": use a-z, 0-9 and"
                    + " -, at most 63, a letter or digit at both ends");
        }
        Cluster cluster =
                new Cluster(this, lastId.incrementAndGet(), name, FIRST_VERSION);
        if (clusters.putIfAbsent(name, cluster) != null) {
            throw Refusal.plain(409, "AlreadyExists", "cluster \"" + name + "\" already exists");
        }
        journal.addCluster(cluster,
                () -> listeners.forEach(listener -> listener.opened(cluster)));
        complete(cluster);
        return cluster;
    }

    /// Makes the first namespaces that are not there: a crash may have come between them.
    private static void complete(Cluster cluster) {
        for (String namespace : NAMESPACES) {
            if (cluster.get("namespaces", "", namespace).isEmpty()) {
                ObjectNode object = Json.object();
                object.putObject("metadata").put("name", namespace);
                cluster.create("namespaces", object, Write.by("kube-apiserver"));
            }
        }
    }

    public Optional<Cluster> find(String name) {
        return Optional.ofNullable(clusters.get(name));
    }

    /// All clusters in order of name.
    public Collection<Cluster> clusters() {
        return List.copyOf(clusters.values());
    }

    /// Removes a cluster and all that it holds.
    public void delete(String name) {
        Cluster cluster = clusters.remove(name);
        if (cluster != null) {
            journal.dropCluster(cluster,
                    () -> listeners.forEach(listener -> listener.closed(cluster)));
        }
    }

    /// Follows all clusters from now on; those that exist are told as opened first.
    public void listen(RegionListener listener) {
        clusters.values().forEach(listener::opened);
        listeners.add(listener);
    }

    /// Lets a gate look at every write of every cluster from now on.
    public void guard(Gate gate) {
        this.gate = gate;
    }

    Gate gate() {
        return gate;
    }

    Clock clock() {
        return clock;
    }

    Ids ids() {
        return ids;
    }

    Journal journal() {
        return journal;
    }

    void changed(Cluster cluster, Change change) {
        for (RegionListener listener : listeners) {
            listener.changed(cluster, change);
        }
    }

    private void load(String name, int id, long version) {
        Cluster cluster = new Cluster(this, id, name, version + Journal.SKIP);
        for (Journal.Row row : journal.objects(id)) {
            cluster.load(new Key(row.type(), row.namespace(), row.name()),
                    row.version(), row.json());
        }
        cluster.typesChanged();
        clusters.put(name, cluster);
        lastId.accumulateAndGet(id, Math::max);
    }

    /// Writes out what is pending and closes the file.
    @Override
    public void close() {
        journal.close();
    }
}
