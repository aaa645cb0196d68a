package orrery.kit.test;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// Somebody who changes something beside a test, so many times a second for as long as the test
/// lasts. Who is late catches up.
public final class Paced implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final long SECOND = 1_000_000_000;

    private final int perSecond;
    private final Runnable change;
    private final AtomicLong count = new AtomicLong();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Throwable failure;
    private long busy;
    private long lasted;

    private Paced(int perSecond, Runnable change) {
        this.perSecond = perSecond;
        this.change = change;
        this.thread = Thread.ofPlatform().name("paced").start(this::run);
    }

    public static Paced start(int perSecond, Runnable change) {
        return new Paced(perSecond, change);
    }

    private void run() {
        long begun = System.nanoTime();
        try {
            while (over.getCount() > 0) {
                long due = begun + count.get() * SECOND / perSecond;
                LockSupport.parkNanos(due - System.nanoTime());
                long start = System.nanoTime();
                change.run();
                busy += System.nanoTime() - start;
                count.incrementAndGet();
            }
        } catch (Throwable broken) {
            failure = broken;
        }
        lasted = System.nanoTime() - begun;
    }

    /// How many changes were made by now.
    public long count() {
        return count.get();
    }

    /// Waits for so many changes more.
    public void await(int more) {
        long goal = count() + more;
        Awaitility.await().pollInterval(Duration.ofMillis(1)).atMost(PATIENCE)
                .until(() -> failure != null || count() >= goal);
        verifyNoFailure();
    }

    private void verifyNoFailure() {
        if (failure != null) {
            throw new AssertionError("change " + count() + " failed: " + failure, failure);
        }
    }

    /// Ends it.
    ///
    /// @throws AssertionError when a change failed, or when the pace was not kept although this
    ///     machine makes changes twice as fast: what it cannot do is not asked of it
    @Override
    public void close() {
        over.countDown();
        try {
            thread.join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        verifyNoFailure();
        double possible = count() * (double) SECOND / Math.max(1, busy);
        double made = count() * (double) SECOND / lasted;
        System.out.printf("%d changes, %.0f a second, %.0f possible%n", count(), made, possible);
        if (possible > 2 * perSecond && made < 0.9 * perSecond) {
            throw new AssertionError("%.0f changes a second instead of %d, with %.0f possible"
                    .formatted(made, perSecond, possible));
        }
    }
}
