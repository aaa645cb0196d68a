package orrery.kit.events;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import orrery.kit.access.Grant;

/// One reader of the [Feed]. It belongs to one thread, which calls [#next] until it has enough.
public final class Subscription implements AutoCloseable {
    private static final int QUEUE = 256;

    private final Feed feed;
    private final Grant grant;
    private final EventFilter filter;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Event> live = new ArrayDeque<>();
    private volatile Position last = Position.BEGIN;
    /// Up to here the log itself is read; what comes later stands in the queue.
    private Position until = Position.BEGIN;
    private boolean overflowed;
    private boolean closed;

    Subscription(Feed feed, Grant grant, EventFilter filter) {
        this.feed = feed;
        this.grant = grant;
        this.filter = filter;
    }

    /// The next events, in order; an empty list when none came within `patience` (a good moment
    /// for a keep-alive) or when it is closed.
    public List<Event> next(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            var logged = fromLog();
            if (!logged.isEmpty()) {
                return logged;
            }
            lock.lockInterruptibly();
            try {
                if (!live.isEmpty()) {
                    return drain();
                }
                long left = end - System.nanoTime();
                if (closed || left <= 0) {
                    return List.of();
                }
                if (!overflowed) {
                    changed.await(left, TimeUnit.NANOSECONDS);
                }
                if (!overflowed) {
                    continue;
                }
            } finally {
                lock.unlock();
            }
            // Outside of our lock: the feed takes its own first.
            feed.restart(this, last);
        }
    }

    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        feed.remove(this);
        lock.lock();
        try {
            closed = true;
            live.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void catchUp(Position from, Position head) {
        lock.lock();
        try {
            last = from;
            until = head;
            overflowed = false;
            live.clear();
        } finally {
            lock.unlock();
        }
    }

    void offer(List<Event> events) {
        lock.lock();
        try {
            for (var event : events) {
                // A reader that comes from a process ahead of ours has seen some of these.
                boolean seen = event.position().compareTo(last) <= 0;
                if (overflowed || closed || seen || !filter.matches(event)) {
                    continue;
                }
                if (live.size() == QUEUE) {
                    live.clear();
                    overflowed = true;
                } else {
                    live.add(event);
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private List<Event> fromLog() {
        if (last.compareTo(until) >= 0) {
            return List.of();
        }
        var events = feed.read(grant, filter, last, until);
        last = events.isEmpty() ? until : events.getLast().position();
        return events;
    }

    private List<Event> drain() {
        var events = new ArrayList<>(live);
        live.clear();
        last = events.getLast().position();
        return events;
    }
}
