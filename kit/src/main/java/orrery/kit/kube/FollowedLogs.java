package orrery.kit.kube;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import orrery.kit.Problem;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// The logs of the pods behind something, all together, as they are printed: pods come and go, and
/// a region that was away goes on where it was.
///
/// A reader that is slow slows the pods' streams down and costs no more memory than a queue's.
public final class FollowedLogs implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(FollowedLogs.class);

    /// More are not followed at a time.
    static final int MOST_PODS = 8;

    private static final int QUEUE = 256;
    private static final Duration LOOK = Duration.ofSeconds(1);
    /// Clocks differ; what is read twice is told once.
    private static final Duration OVERLAP = Duration.ofMinutes(1);
    private static final Heard END = new Heard.End();

    private final KubeView view;
    private final Of of;
    private final Clock clock;
    private final BooleanSupplier over;
    private final BlockingQueue<Heard> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Map<String, Thread> readers = new ConcurrentHashMap<>();
    private final Set<String> begun = new HashSet<>();
    private final Set<String> waiting = new HashSet<>();
    private final CountDownLatch left = new CountDownLatch(1);
    private volatile boolean closed;
    private LogPlace place;

    /// Whose logs, and from where on.
    ///
    /// @param labels a selector that finds the pods
    /// @param container `null` for each pod's only one
    /// @param lines of each pod to begin with, where `after` does not know it
    public record Of(String namespace, String labels, @Nullable String container, int lines,
            LogPlace after) {}

    /// What comes out of a log.
    public sealed interface Heard {
        /// @param at `null` where the line does not say when it was printed
        record Said(Pods.Line line, LogPlace.@Nullable At at) implements Heard {}

        /// Something may be missing here.
        ///
        /// @param pod empty for all of them
        record Gap(String pod, String cause) implements Heard {}

        /// Nothing more is printed.
        record End() implements Heard {}
    }

    /// @param place after it
    public record Told(Heard heard, LogPlace place) {}

    /// @param over whether no more pods come: it ends when those that there are have ended
    public FollowedLogs(KubeView view, Of of, Clock clock, BooleanSupplier over) {
        this.view = view;
        this.of = of;
        this.clock = clock;
        this.over = over;
        this.place = of.after();
        Thread.ofVirtual().name("follow " + of.labels()).start(this::watch);
    }

    /// What comes next; empty when nothing did within `patience`.
    public List<Told> next(Duration patience) throws InterruptedException {
        var first = queue.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (first == null) {
            return List.of();
        }
        var all = new ArrayList<Heard>();
        all.add(first);
        queue.drainTo(all);
        return all.stream().map(this::told).toList();
    }

    private Told told(Heard heard) {
        if (heard instanceof Heard.Said(var line, var at) && at != null) {
            place = place.after(line.pod(), at);
        }
        return new Told(heard, place);
    }

    public boolean isClosed() {
        return closed;
    }

    private void watch() {
        String away = "";
        try {
            while (!closed) {
                try {
                    // Asked first: what there is afterwards is all that there will be.
                    boolean isOver = over.getAsBoolean();
                    look();
                    away = "";
                    if (isOver && readers.isEmpty()) {
                        return;
                    }
                } catch (KubeFailure | Problem.Failure failure) {
                    if (away.isEmpty()) {
                        away = String.valueOf(failure.getMessage());
                        queue.put(new Heard.Gap("", away));
                    }
                }
                left.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warnf(e, "the logs of %s are followed no more", of.labels());
        } finally {
            end();
        }
    }

    private void end() {
        try {
            queue.put(END);
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        var pods = view.list(Kind.POD, of.namespace(), of.labels()).stream()
                .sorted(Comparator.comparing(pod ->
                        pod.at("/metadata/creationTimestamp").asText()))
                .map(pod -> pod.at("/metadata/name").asText()).toList();
        begun.retainAll(pods);
        waiting.retainAll(pods);
        for (var pod : pods) {
            if (begun.contains(pod)) {
                continue;
            }
            if (readers.size() < MOST_PODS) {
                begun.add(pod);
                var reader = Thread.ofVirtual().name("log " + pod).unstarted(new Reader(pod));
                readers.put(pod, reader);
                reader.start();
            } else if (waiting.add(pod)) {
                queue.put(new Heard.Gap(pod, "no more than " + MOST_PODS
                        + " are followed at a time; it waits for its turn"));
            }
        }
    }

    /// Reads one pod's log until it ends.
    private final class Reader implements Runnable {
        private final String pod;
        private LogPlace.@Nullable At last;

        Reader(String pod) {
            this.pod = pod;
            this.last = of.after().of(pod);
        }

        @Override
        public void run() {
            try {
                while (!closed && goesOn()) {
                    Thread.sleep(LOOK);
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            } finally {
                readers.remove(pod);
            }
        }

        private boolean goesOn() throws InterruptedException {
            try {
                read();
                return prints();
            } catch (IOException | KubeFailure cutOff) {
                if (closed || isThere()) {
                    return true;
                }
                queue.put(new Heard.Gap(pod, "it is gone; its last lines may be missing"));
                return false;
            }
        }

        /// Until the log ends or breaks.
        private void read() throws IOException, InterruptedException {
            var known = last;
            LogPlace.At at = null;
            try (var in = view.logs(of.namespace(), pod, ask(known))) {
                var lines = new ShortLines(in, 2 * Pods.LONGEST_LINE);
                for (var text = lines.next(); text != null; text = lines.next()) {
                    var line = Pods.line(pod, text);
                    at = line.time() == null ? at : LogPlace.At.after(at, line.time());
                    if (known == null || at == null || at.isAfter(known)) {
                        queue.put(new Heard.Said(line, line.time() == null ? null : at));
                        last = at == null ? last : at;
                    }
                }
            }
        }

        private boolean prints() {
            return view.find(Kind.POD, of.namespace(), pod)
                    .map(it -> it.at("/status/phase").asText())
                    .filter(phase -> !phase.equals("Succeeded") && !phase.equals("Failed"))
                    .isPresent();
        }

        /// Whether it may still be read, now or later.
        private boolean isThere() {
            try {
                return view.find(Kind.POD, of.namespace(), pod).isPresent();
            } catch (KubeFailure away) {
                return true;
            }
        }
    }

    private KubeView.LogAsk ask(LogPlace.@Nullable At after) {
        return after == null
                ? new KubeView.LogAsk(of.container(), true, false, true, of.lines(), null)
                : new KubeView.LogAsk(of.container(), true, false, true, null,
                        Duration.between(after.time(), clock.instant()).plus(OVERLAP));
    }

    @Override
    public void close() {
        closed = true;
        // No interrupt: it may be asking the database, whose connection that would break.
        left.countDown();
        readers.values().forEach(Thread::interrupt);
        queue.clear();
        queue.offer(END);
    }
}
