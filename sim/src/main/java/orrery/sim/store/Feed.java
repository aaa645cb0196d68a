package orrery.sim.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.sim.type.Refusal;

/// The recent changes of one cluster in order of version, and who follows them.
///
/// A follower is told once that there is something to read (its signal) and then reads until
/// nothing is left, so a slow reader holds no queue of its own: it reads the shared history, and
/// one that falls behind the history's end is refused with 410 `Expired`.
public final class Feed {
    /// Changes and bytes of objects that one cluster remembers for watches that start late.
    static final int MAX_CHANGES = 4096;
    static final long MAX_BYTES = 8L << 20;

    private final Map<String, List<Follower>> followers = new HashMap<>();
    /// The version up to which changes of a type are forgotten.
    private final Map<String, Long> forgotten = new HashMap<>();
    private static final int SMALLEST = 16;
    private static final Change[] NONE = {};

    private long start;
    private Change[] ring = NONE;
    private long first;
    private long end;
    private long bytes;
    private long published;

    /// @param start the version before which nothing is remembered
    Feed(long start) {
        this.start = start;
        this.published = start;
    }

    /// The version of the last change that followers can have seen.
    public synchronized long published() {
        return published;
    }

    /// Follows the changes of one type after a version.
    ///
    /// @param namespace empty for all
    /// @param signal runs on the publisher's thread whenever reading may find something again
    /// @throws Refusal 410 when changes after that version are forgotten already
    public synchronized Follower follow(
            String type, String namespace, long after, Runnable signal) {
        requireRemembered(type, after);
        Follower follower = new Follower(type, namespace, after, signal);
        followers.computeIfAbsent(type, t -> new ArrayList<>()).add(follower);
        return follower;
    }

    /// @throws Refusal 410 when changes of the type after that version are forgotten
    public synchronized void requireRemembered(String type, long after) {
        long floor = forgotten.getOrDefault(type, start);
        if (after < floor) {
            throw expired(after, floor);
        }
    }

    /// @return the bytes of objects that it remembers now
    synchronized long publish(Change change) {
        if (end - first == MAX_CHANGES || bytes > MAX_BYTES && end > first) {
            forget();
        }
        if (end - first == ring.length) {
            grow();
        }
        ring[at(end)] = change;
        bytes += change.item().json().length;
        published = change.version();
        for (Follower follower : followers.getOrDefault(change.type(), List.of())) {
            if (follower.wants(change)) {
                follower.wake(end);
            }
        }
        end++;
        return bytes;
    }

    /// Forgets all that it remembers.
    synchronized void forgetAll() {
        start = published;
        forgotten.clear();
        ring = NONE;
        first = end;
        bytes = 0;
    }

    /// How many follow; for measurements.
    public synchronized int size() {
        return followers.values().stream().mapToInt(List::size).sum();
    }

    private void forget() {
        Change oldest = ring[at(first)];
        ring[at(first++)] = null;
        bytes -= oldest.item().json().length;
        forgotten.put(oldest.type(), oldest.version());
    }

    private void grow() {
        Change[] larger = new Change[Math.max(SMALLEST, ring.length * 2)];
        for (long i = first; i < end; i++) {
            larger[(int) (i & larger.length - 1)] = ring[at(i)];
        }
        ring = larger;
    }

    private int at(long index) {
        return (int) (index & ring.length - 1);
    }

    private static Refusal expired(long asked, long oldest) {
        return Refusal.plain(410, "Expired",
                "too old resource version: %d (%d)".formatted(asked, oldest));
    }

    /// One reader of the feed.
    public final class Follower implements AutoCloseable {
        private final String type;
        private final String namespace;
        private final Runnable signal;
        private long after;
        private long next;
        private boolean awake = true;

        private Follower(String type, String namespace, long after, Runnable signal) {
            this.type = type;
            this.namespace = namespace;
            this.after = after;
            this.signal = signal;
            this.next = first;
        }

        /// The next changes, oldest first; when empty, the signal will run again.
        ///
        /// @throws Refusal 410 when this reader was too slow
        public List<Change> read(int max) {
            synchronized (Feed.this) {
                if (next < first && forgotten.getOrDefault(type, start) > after) {
                    throw expired(after, forgotten.get(type));
                }
                List<Change> found = new ArrayList<>();
                next = Math.max(next, first);
                while (next < end && found.size() < max) {
                    Change change = ring[at(next++)];
                    if (change.version() > after && wants(change)) {
                        found.add(change);
                        after = change.version();
                    }
                }
                awake = !found.isEmpty();
                return found;
            }
        }

        /// The version that this reader has seen everything up to, for bookmarks.
        public long seen() {
            synchronized (Feed.this) {
                return awake ? after : Math.max(after, published);
            }
        }

        @Override
        public void close() {
            synchronized (Feed.this) {
                List<Follower> all = followers.get(type);
                if (all != null && all.remove(this) && all.isEmpty()) {
                    followers.remove(type);
                }
            }
        }

        private boolean wants(Change change) {
            return change.type().equals(type)
                    && (namespace.isEmpty() || change.item().namespace().equals(namespace));
        }

        private void wake(long index) {
            if (!awake) {
                awake = true;
                next = index;
                after = Math.max(after, change(index) - 1);
                signal.run();
            }
        }

        private long change(long index) {
            return ring[at(index)].version();
        }
    }
}
