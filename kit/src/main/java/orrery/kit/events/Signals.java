package orrery.kit.events;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import orrery.kit.access.Grant;
import orrery.kit.db.Address;
import orrery.kit.db.Database;
import org.jboss.logging.Logger;
import org.postgresql.PGConnection;

/// Hints between the server processes: "there is something new about this topic".
///
/// A hint may be late, lost or doubled; whoever listens has a poll behind it. They are sent after
/// the commit they speak of, never in it: a NOTIFY inside a transaction makes all commits wait for
/// one another. One thread sends whatever has piled up as one NOTIFY; another one listens.
public final class Signals implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Signals.class);
    private static final String CHANNEL = "orrery";
    private static final Duration HEARTBEAT = Duration.ofMillis(300);
    /// Hints that come within this time of another travel together.
    private static final Duration GATHER = Duration.ofMillis(20);
    private static final Duration AGAIN = Duration.ofMillis(200);

    private final Address address;
    private final DataSource source;
    private final Epochs epochs;
    private final Map<String, List<Runnable>> handlers = new ConcurrentHashMap<>();
    private final Set<String> pending = ConcurrentHashMap.newKeySet();
    private final Semaphore wake = new Semaphore(0);
    private final List<Thread> threads;
    private volatile boolean closed;
    private volatile Connection listening;

    private Signals(Address address, Database database, Grant grant) {
        this.address = address;
        this.source = database.dataSource(grant);
        this.epochs = new Epochs(database, grant, this);
        this.threads = List.of(
                Thread.ofPlatform().daemon().name("signals-send").unstarted(this::send),
                Thread.ofPlatform().daemon().name("signals-listen").unstarted(this::listen));
    }

    /// Begins to send and to listen. The listener has a connection of its own.
    public static Signals start(Address address, Database database, Grant grant) {
        var signals = new Signals(address, database, grant);
        signals.threads.forEach(Thread::start);
        return signals;
    }

    /// Tells all processes, this one at once.
    public void send(String topic) {
        deliver(List.of(topic));
        if (pending.add(topic)) {
            wake.release();
        }
    }

    /// Calls `handler` on every hint about the topic, and whenever hints may have been lost. It
    /// must be quick: it only wakes whoever does the work.
    public void on(String topic, Runnable handler) {
        handlers.computeIfAbsent(topic, _ -> new CopyOnWriteArrayList<>()).add(handler);
    }

    public Epochs epochs() {
        return epochs;
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
        abort(listening);
    }

    /// Breaks the listener's connection, as a broken network would.
    void cut() {
        abort(listening);
    }

    private static void abort(Connection connection) {
        try {
            if (connection != null) {
                connection.abort(Runnable::run);
            }
        } catch (SQLException e) {
            LOG.debug("aborting the listener", e);
        }
    }

    private void deliver(Collection<String> topics) {
        for (var topic : topics) {
            for (var handler : handlers.getOrDefault(topic, List.of())) {
                try {
                    handler.run();
                } catch (RuntimeException e) {
                    LOG.errorf(e, "handling a hint about %s", topic);
                }
            }
        }
    }

    private void send() {
        while (!closed) {
            try {
                wake.acquire();
                wake.drainPermits();
                var topics = List.copyOf(pending);
                topics.forEach(pending::remove);
                notify(String.join(",", topics));
                Thread.sleep(GATHER);
            } catch (InterruptedException e) {
                return;
            } catch (SQLException e) {
                // Lost hints are made good by everybody's poll.
                LOG.debugf("hint not sent: %s", e.getMessage());
            }
        }
    }

    private void notify(String topics) throws SQLException {
        try (var connection = source.getConnection();
                var statement = connection.prepareStatement("select pg_notify(?, ?)")) {
            statement.setString(1, CHANNEL);
            statement.setString(2, topics);
            statement.execute();
        }
    }

    private void listen() {
        while (!closed) {
            try (var connection = DriverManager.getConnection(
                    address.url(), address.user(), address.password())) {
                listening = connection;
                try (var statement = connection.createStatement()) {
                    statement.execute("listen " + CHANNEL);
                }
                // Whatever was sent while nobody listened.
                deliver(handlers.keySet());
                epochs.refresh(connection, true);
                while (!closed) {
                    epochs.refresh(connection, false);
                    receive(connection.unwrap(PGConnection.class));
                }
            } catch (SQLException e) {
                LOG.debugf("listener: %s", e.getMessage());
                if (!pause()) {
                    return;
                }
            }
        }
    }

    private void receive(PGConnection connection) throws SQLException {
        long end = System.nanoTime() + HEARTBEAT.toNanos();
        do {
            long millis = Math.max(1, (end - System.nanoTime()) / 1_000_000);
            var notices = connection.getNotifications((int) millis);
            if (notices != null) {
                var topics = Arrays.stream(notices)
                        .flatMap(notice -> Arrays.stream(notice.getParameter().split(",")))
                        .distinct().toList();
                deliver(topics);
                if (topics.contains(Epochs.TOPIC)) {
                    return;
                }
            }
        } while (!closed && System.nanoTime() < end);
    }

    private boolean pause() {
        try {
            Thread.sleep(AGAIN);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
