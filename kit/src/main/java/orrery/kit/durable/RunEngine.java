package orrery.kit.durable;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import orrery.kit.Ids;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.kit.db.DatabaseFailure;
import orrery.kit.events.Events;
import orrery.kit.events.Signals;
import orrery.kit.secret.SealedJson;
import orrery.kit.secret.Sealing;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Executes runs in this process: those it was handed when they were started, and those it claims
/// because nobody else has them, or no longer. Any number of processes share the work.
///
/// One thread claims, one keeps all leases alive with one statement. Executions have platform
/// threads: there are never more than the limit allows, so virtual ones would save nothing, and
/// theirs is a quarter more CPU for every exchange with the database.
public final class RunEngine implements AutoCloseable {
    /// The topic of the hint that a run waits for somebody.
    static final String TOPIC = "run";

    private static final Logger LOG = Logger.getLogger(RunEngine.class);
    private static final int BATCH = 32;
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration ORPHANED = Duration.ofMinutes(10);

    private final EngineLimits limits;
    private final DataSource source;
    private final LeaseTable table;
    private final Parts parts;
    private final Semaphore slots;
    private final Semaphore wake = new Semaphore(0);
    private final Map<String, Lease> leases = new ConcurrentHashMap<>();
    private final PriorityQueue<Long> timers = new PriorityQueue<>();
    private final List<Thread> threads;
    private final ExecutorService workers = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("run-", 0).factory());
    private volatile Map<String, Saga<?>> sagas = Map.of();
    private volatile boolean closing;
    private volatile boolean closed;
    private volatile boolean hungry;
    private volatile long looked = System.nanoTime();
    private long swept = System.nanoTime();

    public RunEngine(Database database, Access access, Signals signals, Sealing sealing, Ids ids,
            Clock clock, EngineLimits limits) {
        this(database, access, signals, sealing, ids, clock, limits, Faults.NONE);
    }

    RunEngine(Database database, Access access, Signals signals, Sealing sealing, Ids ids,
            Clock clock, EngineLimits limits, Faults faults) {
        var owner = ids.next("wrk");
        var json = new SealedJson(sealing);
        this.limits = limits;
        this.source = database.dataSource(access.system("runs"));
        this.table = new LeaseTable(ids, owner);
        this.slots = new Semaphore(limits.concurrency());
        this.parts = new Parts(database, source, access, signals, json,
                new JournalTable(ids, owner),
                new RunStarter(this, table, json, signals, ids, clock, limits.lease()), clock,
                faults);
        this.threads = List.of(
                Thread.ofPlatform().daemon().name("runs-claim").unstarted(this::claiming),
                Thread.ofPlatform().daemon().name("runs-heartbeat").unstarted(this::beating));
        signals.on(TOPIC, wake::release);
        lift(clock);
    }

    private void lift(Clock clock) {
        try (var connection = source.getConnection()) {
            table.lift(connection, clock.instant());
        } catch (SQLException e) {
            throw new DatabaseFailure("lifting the tokens of leases", e);
        }
    }

    /// Begins to work on runs of these sagas. Before this, runs can be started, but they wait.
    public void start(Collection<? extends Saga<?>> known) {
        sagas = known.stream().collect(Collectors.toUnmodifiableMap(
                saga -> saga.type().name(), saga -> saga));
        threads.forEach(Thread::start);
    }

    /// Whether it works: its threads live, and the database has answered it within two leases.
    public boolean isWorking() {
        return threads.stream().allMatch(Thread::isAlive)
                && System.nanoTime() - looked < 2 * limits.lease().toNanos();
    }

    /// Stops after the steps that are under way, and leaves the runs to others.
    @Override
    public void close() {
        closing = true;
        wake.release();
        long end = System.nanoTime() + GRACE.toNanos();
        while (!leases.isEmpty() && System.nanoTime() < end) {
            leases.values().forEach(Lease::stop);
            pause(10);
        }
        closed = true;
        threads.forEach(Thread::interrupt);
        workers.shutdown();
    }

    RunStarter starter() {
        return parts.starter();
    }

    @Nullable SagaType<?> type(String saga) {
        var known = sagas.get(saga);
        return known == null ? null : known.type();
    }

    /// A place for a run that is about to be inserted; null when this process has enough to do.
    @Nullable Lease reserve(String run, String saga) {
        if (closing || !sagas.containsKey(saga) || !slots.tryAcquire()) {
            return null;
        }
        return new Lease(run, 0, System.nanoTime() + limits.lease().toNanos());
    }

    void abandon(Lease lease) {
        slots.release();
    }

    /// Works on a run whose lease and slot we have.
    ///
    /// @param fresh whether it was inserted just now, so that nothing of it is recorded yet
    void execute(RunRow run, Lease lease, boolean fresh) {
        leases.put(run.id(), lease);
        if (run.cancelled()) {
            lease.cancel();
        }
        workers.execute(() -> {
            try {
                new Runner(parts, this, sagas.get(run.saga()), run, lease).work(fresh);
            } finally {
                ended(run, lease);
            }
        });
    }

    /// Tells everybody that a run waits for somebody.
    void hint() {
        parts.signals().send(TOPIC);
    }

    /// As [#hint], and the execution at once if it is here; others see it with their heartbeat.
    void hintCancelled(String run) {
        var lease = leases.get(run);
        if (lease != null) {
            lease.cancel();
        }
        hint();
    }

    void wakeIn(Duration pause) {
        synchronized (timers) {
            timers.add(System.nanoTime() + pause.toNanos());
        }
        wake.release();
    }

    private void ended(RunRow run, Lease lease) {
        leases.remove(run.id(), lease);
        slots.release();
        if (hungry) {
            wake.release();
        }
    }

    private void claiming() {
        while (!closing) {
            try {
                wake.tryAcquire(untilNext(), TimeUnit.NANOSECONDS);
                wake.drainPermits();
                while (!closing && claim()) {
                    LOG.trace("a full batch: there may be more");
                }
                looked = System.nanoTime();
                sweep();
            } catch (InterruptedException e) {
                return;
            } catch (SQLException | RuntimeException e) {
                LOG.debugf("claiming runs: %s", e.getMessage());
                pause(limits.poll().toMillis());
            }
        }
    }

    private long untilNext() {
        long now = System.nanoTime();
        synchronized (timers) {
            while (!timers.isEmpty() && timers.peek() - now <= 0) {
                timers.poll();
            }
            var next = timers.peek();
            long poll = limits.poll().toNanos();
            return next == null ? poll : Math.min(poll, next - now + 1_000_000);
        }
    }

    /// @return whether there may be more to claim, and room for it
    private boolean claim() throws SQLException {
        int room = Math.min(BATCH, slots.availablePermits());
        hungry = room == 0;
        if (room == 0 || !slots.tryAcquire(room)) {
            return false;
        }
        int taken = 0;
        try (var connection = source.getConnection()) {
            long asked = System.nanoTime();
            var runs = table.claim(connection, sagas.keySet(), room, limits.lease());
            for (var run : runs) {
                taken++;
                execute(run, new Lease(
                        run.id(), run.epoch(), asked + limits.lease().toNanos()), false);
            }
        } finally {
            slots.release(room - taken);
        }
        if (taken > 0) {
            parts.signals().send(Events.TOPIC);
        }
        hungry = taken == room;
        return taken == room;
    }

    private void sweep() throws SQLException {
        if (System.nanoTime() - swept > ORPHANED.toNanos()) {
            swept = System.nanoTime();
            try (var connection = source.getConnection()) {
                int count = table.orphans(connection, sagas.keySet(), ORPHANED);
                if (count > 0) {
                    LOG.warnf("%d runs of sagas that no server knows need attention", count);
                }
            }
        }
    }

    private void beating() {
        while (!closed) {
            pause(limits.heartbeat().toMillis());
            try {
                beat();
            } catch (SQLException | RuntimeException e) {
                // Leases that are not extended end by themselves, here as well as there.
                LOG.debugf("heartbeat: %s", e.getMessage());
            }
        }
    }

    private void beat() throws SQLException {
        var held = Map.copyOf(leases);
        if (held.isEmpty()) {
            return;
        }
        long asked;
        Set<LeaseTable.Confirmed> confirmed;
        try (var connection = source.getConnection()) {
            asked = System.nanoTime();
            confirmed = Set.copyOf(table.heartbeat(connection, held.keySet(), limits.lease()));
        }
        var byRun = confirmed.stream()
                .collect(Collectors.toMap(LeaseTable.Confirmed::run, each -> each));
        held.forEach((run, lease) -> {
            var answer = byRun.get(run);
            if (answer == null || answer.epoch() != lease.epoch()) {
                lease.lose();
            } else {
                lease.extend(asked + limits.lease().toNanos());
                if (answer.cancelled()) {
                    lease.cancel();
                }
            }
        });
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
