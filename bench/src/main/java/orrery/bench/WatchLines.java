package orrery.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// The versions that one watch tells of, in its order.
final class WatchLines implements Flow.Subscriber<String> {
    private static final Pattern VERSION = Pattern.compile("\"resourceVersion\":\"(\\d+)\"");
    private static final long PATIENCE_SECONDS = 120;

    private final List<Long> versions = new ArrayList<>();
    private final CountDownLatch open = new CountDownLatch(1);

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
        open.countDown();
    }

    @Override
    public synchronized void onNext(String line) {
        var version = VERSION.matcher(line);
        versions.add(version.find() ? Long.parseLong(version.group(1)) : -1);
        notifyAll();
    }

    @Override
    public void onError(Throwable broken) {
        onComplete();
    }

    @Override
    public synchronized void onComplete() {
        versions.add(-2L);
        notifyAll();
    }

    void opened() throws Exception {
        if (!open.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("a watch does not open");
        }
    }

    synchronized void until(int count) throws Exception {
        while (versions.size() < count) {
            wait(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        }
    }

    synchronized List<Long> versions() {
        return List.copyOf(versions);
    }
}
