package orrery.kit.kube;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Whether a cluster has fallen silent. While it has, one request now and then finds out whether it
/// is back, and all others are refused at once: who waits for nothing keeps others from their work.
final class Silence {
    /// Requests that fail in a row, with no answer to any other in between.
    private static final int ENOUGH = 2;
    private static final long PAUSE_NANOS = 2_000_000_000L;

    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicLong tried = new AtomicLong(System.nanoTime());
    private volatile long answered = System.nanoTime();
    private volatile String cause = "";

    /// @return when the request began, for [#failed]
    /// @throws KubeFailure when there is no point in asking just now
    long begin(String target) {
        long now = System.nanoTime();
        long last = tried.get();
        if (failed.get() >= ENOUGH
                && (now - last < PAUSE_NANOS || !tried.compareAndSet(last, now))) {
            throw KubeFailure.away(target, cause);
        }
        return now;
    }

    void answered() {
        answered = System.nanoTime();
        failed.set(0);
    }

    void failed(long begun, String why) {
        if (answered - begun < 0) {
            cause = why;
            tried.set(System.nanoTime());
            failed.incrementAndGet();
        }
    }
}
