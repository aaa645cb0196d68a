package orrery.kit.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Live events for this process's subscribers: one thread reads the log for all of them.
///
/// A subscriber gets every event that it wants, in the log's order, once, whatever process wrote
/// it; it may leave and come back, to another process too, with the last position it saw. Each has
/// a bounded queue. One that is too slow for it loses nothing and costs no memory: it is sent back
/// to read from the log itself until it has caught up.
public final class Feed implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Feed.class);
    private static final int BATCH = 500;
    private static final int SUBSCRIBERS = 2_000;
    private static final long POLL_MILLIS = 1_000;
    private static final long HELD_UP_MILLIS = 20;

    private final Database database;
    private final Grant grant;
    private final EventTable table;
    private final Semaphore wake = new Semaphore(0);
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final Thread thread = Thread.ofPlatform().daemon().name("feed").unstarted(this::follow);
    /// All events up to here were offered to the subscribers. Null: nobody subscribes.
    private @Nullable Position head;
    private volatile boolean closed;

    public Feed(Database database, Events events, Signals signals, Grant grant) {
        this.database = database;
        this.grant = grant;
        this.table = events.table();
        signals.on(Events.TOPIC, wake::release);
        thread.start();
    }

    /// Opens a stream of events; the caller closes it.
    ///
    /// @param grant the right to see what the filter lets through
    /// @param after the last event that was seen ([Position#token]); null: from now on
    /// @throws Problem.Failure [Problem.Unavailable] when this process has too many streams
    public Subscription subscribe(Grant grant, EventFilter filter, @Nullable String after) {
        if (!grant.scope().contains(filter.scope())) {
            throw new IllegalArgumentException(grant + " does not reach " + filter.scope());
        }
        var from = after == null ? null : Position.parse(after);
        var subscription = new Subscription(this, grant, filter);
        synchronized (this) {
            if (subscriptions.size() >= SUBSCRIBERS) {
                throw new Problem.Unavailable("a free stream", Duration.ofSeconds(5)).raise();
            }
        }
        var end = database.read(grant, table::end);
        synchronized (this) {
            if (head == null) {
                head = end;
            }
            subscriptions.add(subscription);
            subscription.catchUp(from == null ? head : from, head);
        }
        wake.release();
        return subscription;
    }

    synchronized void remove(Subscription subscription) {
        subscriptions.remove(subscription);
        if (subscriptions.isEmpty()) {
            head = null;
        }
    }

    List<Event> read(Grant grant, EventFilter filter, Position after, Position until) {
        return database.read(grant, tx -> table.between(tx, after, until, filter, BATCH));
    }

    /// Sends a subscriber that fell behind to the log. Later events will be offered again.
    synchronized void restart(Subscription subscription, Position last) {
        subscription.catchUp(last, head == null ? last : head);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        List<Subscription> all;
        synchronized (this) {
            all = List.copyOf(subscriptions);
        }
        all.forEach(Subscription::close);
    }

    private void follow() {
        while (!closed) {
            try {
                var batch = advance();
                if (batch == null || batch.events().size() < BATCH) {
                    // A transaction that writes no events may hold up the line without telling us.
                    wake.tryAcquire(batch != null && batch.waiting() ? HELD_UP_MILLIS : POLL_MILLIS,
                            TimeUnit.MILLISECONDS);
                }
                wake.drainPermits();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.debugf("reading events: %s", e.getMessage());
                pause();
            }
        }
    }

    private EventTable.@Nullable Batch advance() {
        Position from;
        synchronized (this) {
            from = head;
        }
        if (from == null) {
            return null;
        }
        var batch = database.read(grant, tx -> table.after(tx, from, BATCH));
        synchronized (this) {
            // Everybody may have left in the meantime, and others may have come.
            if (from.equals(head) && !batch.events().isEmpty()) {
                head = batch.events().getLast().position();
                subscriptions.forEach(each -> each.offer(batch.events()));
            }
        }
        return batch;
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
