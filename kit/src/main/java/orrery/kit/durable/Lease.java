package orrery.kit.durable;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The right to work on one run, for as long as the heartbeat confirms it.
final class Lease {
    private final String run;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private volatile long epoch;
    /// Counted from before the statement that granted it, so it ends here before it ends there.
    private volatile long deadline;
    private volatile boolean lost;
    private volatile boolean cancelled;
    private volatile boolean stopping;

    Lease(String run, long epoch, long deadline) {
        this.run = run;
        this.epoch = epoch;
        this.deadline = deadline;
    }

    String run() {
        return run;
    }

    long epoch() {
        return epoch;
    }

    /// Known once the row is inserted.
    void epoch(long granted) {
        epoch = granted;
    }

    /// Whether nobody else can own the run, by the local clock. The database's fence cannot stop
    /// a body that has not touched the database yet; this can.
    boolean isHeld() {
        return !lost && System.nanoTime() - deadline < 0;
    }

    boolean isCancelled() {
        return cancelled;
    }

    boolean isStopping() {
        return stopping;
    }

    void extend(long until) {
        deadline = until;
    }

    void lose() {
        lost = true;
        wake();
    }

    void cancel() {
        cancelled = true;
        wake();
    }

    void stop() {
        stopping = true;
        wake();
    }

    void wake() {
        lock.lock();
        try {
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits on the thread; returns early when something about the lease has changed.
    void pause(long millis) {
        lock.lock();
        try {
            if (!lost && !cancelled && !stopping) {
                woken.await(millis, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            lost = true;
        } finally {
            lock.unlock();
        }
    }
}
