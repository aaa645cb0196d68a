package orrery.sim.store;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/// What all feeds of a region remember together: when it is too much, those that were quiet for
/// the longest time forget all of it. A watch that goes on from there is told 410, as by a real
/// server after some minutes.
final class Histories {
    private final long most;

    /// In order of their last changes.
    private final Map<Feed, Long> bytes = new LinkedHashMap<>();
    private long sum;

    /// @param most bytes of objects
    Histories(long most) {
        this.most = most;
    }

    /// Takes note of what a feed remembers after a change. The feed itself is not locked then.
    synchronized void keep(Feed feed, long remembered) {
        drop(feed);
        bytes.put(feed, remembered);
        sum += remembered;
        Iterator<Map.Entry<Feed, Long>> quiet = bytes.entrySet().iterator();
        while (sum > most && bytes.size() > 1) {
            Map.Entry<Feed, Long> one = quiet.next();
            quiet.remove();
            sum -= one.getValue();
            one.getKey().forgetAll();
        }
    }

    /// A feed that is no more.
    synchronized void drop(Feed feed) {
        Long before = bytes.remove(feed);
        sum -= before == null ? 0 : before;
    }
}
