package orrery.sim.property;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// What clients that write at the same time were told: the writes that were acknowledged, the
/// newest version that anybody has seen of each object and of the whole, and what was wrong.
final class Ledger {
    private final AtomicLong whole = new AtomicLong();
    private final Map<String, AtomicLong> objects = new ConcurrentHashMap<>();
    /// The marks that an acknowledged write left on an object, each with its version.
    private final Map<String, Map<String, Long>> marks = new ConcurrentHashMap<>();
    private final AtomicReference<String> mistake = new AtomicReference<>();

    /// The newest version seen so far of an object; an answer to what is asked from now on
    /// cannot be older.
    long newest(String name) {
        return object(name).get();
    }

    /// The same of everything: lists bear this version.
    long newest() {
        return whole.get();
    }

    /// Something was read or written.
    ///
    /// @param floor the newest version that was known before it was asked for
    void seen(String what, String name, long floor, long version) {
        wrong(version < floor, "%s of %s goes back to version %d after %d was seen"
                .formatted(what, name, version, floor));
        object(name).accumulateAndGet(version, Math::max);
        whole.accumulateAndGet(version, Math::max);
    }

    /// A list was read.
    void listed(long floor, long version) {
        wrong(version < floor,
                "a list goes back to version %d after %d was seen".formatted(version, floor));
        whole.accumulateAndGet(version, Math::max);
    }

    /// A write was acknowledged that left a mark.
    void marked(String name, String mark, long version) {
        Long other = marks.computeIfAbsent(name, none -> new ConcurrentHashMap<>())
                .put(mark, version);
        wrong(other != null, "mark " + mark + " was written twice");
    }

    Set<String> names() {
        return marks.keySet();
    }

    Map<String, Long> marks(String name) {
        return marks.getOrDefault(name, Map.of());
    }

    void wrong(boolean mistaken, String text) {
        if (mistaken) {
            mistake.compareAndSet(null, text);
        }
    }

    /// The first thing that was wrong; `null` for nothing.
    String mistake() {
        return mistake.get();
    }

    private AtomicLong object(String name) {
        return objects.computeIfAbsent(name, none -> new AtomicLong());
    }
}
