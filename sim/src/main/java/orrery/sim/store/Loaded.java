package orrery.sim.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// The clusters whose objects are in memory. Those that nobody asked for in a while are unloaded,
/// and when all of them take too much, those that were used least recently: memory grows with
/// what is used, not with what exists. A large one stays for longer: it takes long to read.
///
/// A watch does not keep its cluster loaded: it needs the feed alone. Nor does an operator that
/// waits: its timer stays, and what it asks for then is read again.
final class Loaded implements AutoCloseable {
    private static final Duration LONGEST_TICK = Duration.ofSeconds(1);
    private static final Duration SHORTEST_TICK = Duration.ofMillis(20);
    private static final int TICKS = 20;
    private static final long MIB = 1 << 20;
    /// What was used just now is not unloaded, however much there is: it will be used again.
    private static final int FRESH_TICKS = 2;
    private static final Logger LOG = System.getLogger(Loaded.class.getName());

    private final Region region;
    private final long most;
    private final Set<Cluster> clusters = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("unload").factory());
    private final Duration tick;
    private final long idleTicks;
    private volatile long now;

    /// @param idle how long nobody must have asked for a cluster
    /// @param most bytes that the objects of all clusters should take together
    Loaded(Region region, Duration idle, long most) {
        this.region = region;
        this.most = most;
        this.tick = clamp(idle.dividedBy(TICKS));
        this.idleTicks = idle.dividedBy(tick);
    }

    private static Duration clamp(Duration wanted) {
        return wanted.compareTo(LONGEST_TICK) > 0 ? LONGEST_TICK
                : wanted.compareTo(SHORTEST_TICK) < 0 ? SHORTEST_TICK : wanted;
    }

    void start() {
        timer.scheduleWithFixedDelay(
                this::sweep, tick.toNanos(), tick.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// The time in ticks: good enough to tell which cluster was used before which.
    long now() {
        return now;
    }

    void add(Cluster cluster) {
        clusters.add(cluster);
    }

    void remove(Cluster cluster) {
        clusters.remove(cluster);
    }

    List<Cluster> all() {
        return List.copyOf(clusters);
    }

    /// @param unused for how many ticks nobody asked for it, for each MiB that would be read again
    private record Use(Cluster cluster, long unused, long bytes) {}

    private void sweep() {
        try {
            now++;
            region.wake();
            trim();
        } catch (RuntimeException broken) {
            LOG.log(Level.WARNING, "clusters stay in memory", broken);
        }
    }

    private void trim() {
        // Noted first: they are used while we sort them.
        List<Use> longest = new ArrayList<>();
        for (Cluster one : clusters) {
            long bytes = one.bytes();
            longest.add(new Use(one, (now - one.used()) / (1 + bytes / MIB), bytes));
        }
        longest.sort(Comparator.comparingLong(Use::unused).reversed());
        long sum = longest.stream().mapToLong(Use::bytes).sum();
        for (Use one : longest) {
            if (one.unused() < idleTicks && (sum < most || one.unused() < FRESH_TICKS)) {
                return;
            }
            if (one.cluster().unload(tick.multipliedBy(idleTicks))) {
                sum -= one.bytes();
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        try {
            timer.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
