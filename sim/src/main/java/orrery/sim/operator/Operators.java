package orrery.sim.operator;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Key;
import orrery.sim.store.RegionListener;
import orrery.sim.type.Refusal;

/// Runs every operator for every cluster of a region, on a few threads.
///
/// Each object is looked at by an operator one at a time; changes that arrive meanwhile make it
/// look once more. A look that fails is repeated after a growing delay.
public final class Operators implements RegionListener, AutoCloseable {
    private static final Logger LOG = System.getLogger(Operators.class.getName());
    private static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8);
    private static final Duration SHORT = Duration.ofMillis(3);
    private static final Duration LONGEST_REST = Duration.ofMillis(500);
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);

    private volatile List<Operator> operators = List.of();
    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("operator-", 0).factory());
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("operator-timer").factory());

    /// What is queued, running or delayed. Guarded by itself.
    private final Map<Look, State> looks = new HashMap<>();

    /// Clusters that were opened and are not looked at yet. Guarded by `looks`.
    private final Set<Cluster> opening = new HashSet<>();

    /// One object to be looked at by one operator.
    private record Look(Operator operator, Cluster cluster, Key key) {}

    private static final class State {
        boolean queued;
        boolean running;
        /// Something changed while it ran.
        boolean again;
        int failures;
        /// The latest timer; an older one that fires finds another number and does nothing.
        long timer;
        /// When that timer fires, by [System#nanoTime].
        long due;

        Duration left(long now) {
            return queued || running || due < now ? Duration.ZERO : Duration.ofNanos(due - now);
        }
    }

    /// Sets the operators, before any cluster is opened.
    public void start(List<Operator> operators) {
        this.operators = List.copyOf(operators);
    }

    @Override
    public void opened(Cluster cluster) {
        synchronized (looks) {
            opening.add(cluster);
        }
        submit(() -> {
            try {
                cluster.everything(Set.of("events")).forEach(
                        item -> changed(cluster, new Change(item.version(), null, item, null)));
            } finally {
                synchronized (looks) {
                    opening.remove(cluster);
                }
            }
        });
    }

    @Override
    public Optional<Duration> nextWork(Cluster cluster) {
        if (operators.stream().anyMatch(operator -> operator.holds(cluster))) {
            return Optional.of(Duration.ZERO);
        }
        long now = System.nanoTime();
        synchronized (looks) {
            if (opening.contains(cluster)) {
                return Optional.of(Duration.ZERO);
            }
            return looks.entrySet().stream().filter(one -> one.getKey().cluster() == cluster)
                    .map(one -> one.getValue().left(now)).min(Comparator.naturalOrder());
        }
    }

    @Override
    public void changed(Cluster cluster, Change change) {
        for (var operator : operators) {
            operator.noticed(cluster, change, key -> look(operator, cluster, key));
        }
    }

    @Override
    public void closed(Cluster cluster) {
        synchronized (looks) {
            opening.remove(cluster);
            looks.keySet().removeIf(look -> look.cluster() == cluster);
        }
        operators.forEach(operator -> operator.closed(cluster));
    }

    /// Looks at an object soon, for whoever learns of something that is not in the store (a
    /// process that ended).
    public void look(Operator operator, Cluster cluster, Key key) {
        look(new Look(operator, cluster, key));
    }

    private void look(Look look) {
        synchronized (looks) {
            var state = looks.computeIfAbsent(look, absent -> new State());
            if (state.running) {
                state.again = true;
                return;
            }
            if (state.queued) {
                return;
            }
            state.queued = true;
        }
        submit(() -> run(look));
    }

    private void run(Look look) {
        synchronized (looks) {
            var state = looks.get(look);
            if (state == null || state.running) {
                return;
            }
            state.queued = false;
            state.running = true;
        }
        Optional<Duration> next = Optional.empty();
        boolean failed = true;
        long start = System.nanoTime();
        try {
            next = look.operator().reconcile(look.cluster(), look.key());
            failed = false;
        } catch (Refusal refused) {
            // Somebody else wrote first, or something is gone: looking again sees what is now.
            LOG.log(Level.DEBUG, () -> describe(look) + ": " + refused.getMessage());
        } catch (RuntimeException broken) {
            LOG.log(Level.WARNING, describe(look) + " failed", broken);
        }
        finish(look, next, failed, Duration.ofNanos(System.nanoTime() - start));
    }

    private void finish(Look look, Optional<Duration> next, boolean failed, Duration took) {
        Duration delay;
        long number;
        synchronized (looks) {
            var state = looks.get(look);
            if (state == null) {
                return;
            }
            state.running = false;
            state.failures = failed ? state.failures + 1 : 0;
            delay = failed ? retry(state.failures) : state.again ? rest(took)
                    : next.orElse(null);
            state.again = false;
            if (delay == null) {
                looks.remove(look);
                return;
            }
            state.queued = delay.isZero();
            number = ++state.timer;
            state.due = System.nanoTime() + delay.toNanos();
        }
        if (delay.isZero()) {
            submit(() -> run(look));
        } else {
            after(delay, () -> fire(look, number));
        }
    }

    private void fire(Look look, long number) {
        synchronized (looks) {
            var state = looks.get(look);
            if (state == null || state.running || state.queued || state.timer != number) {
                return;
            }
            state.queued = true;
        }
        submit(() -> run(look));
    }

    /// Before looking again at what changed meanwhile. A look that was long (the owner of
    /// thousands of pods) rests as long, so that many changes make few looks.
    private static Duration rest(Duration took) {
        return took.compareTo(SHORT) < 0 ? Duration.ZERO
                : took.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : took;
    }

    private static Duration retry(int failures) {
        var delay = FIRST_RETRY.multipliedBy(1L << Math.min(failures, 10));
        return delay.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : delay;
    }

    private void submit(Runnable work) {
        try {
            threads.execute(work);
        } catch (RejectedExecutionException closing) {
            LOG.log(Level.DEBUG, "closing: work dropped");
        }
    }

    private void after(Duration delay, Runnable work) {
        try {
            timer.schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closing) {
            LOG.log(Level.DEBUG, "closing: timer dropped");
        }
    }

    private static String describe(Look look) {
        return look.operator().name() + " " + look.cluster().name() + "/" + look.key();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        // Not interrupted: a write that has begun must reach the journal.
        synchronized (looks) {
            looks.clear();
        }
        threads.shutdown();
        try {
            threads.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
