package orrery.kit.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// The pods behind something, as people look at them: how they are, what they use, and the end of
/// their logs. All of it within limits: pods, lines, bytes and time.
///
/// Every method throws [KubeFailure] when the cluster does not answer or refuses.
public final class Pods {
    /// Lines that one look answers with at most.
    public static final int MOST_LINES = 1_000;

    private static final int USUAL_LINES = 100;
    private static final int MOST_PODS = 100;
    /// Whose logs are read at a time: each costs a stream and its bytes.
    private static final int MOST_LOGS = 8;
    private static final int MOST_BYTES = 1 << 20;
    static final int LONGEST_LINE = 4_096;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Kind METRICS =
            new Kind("metrics.k8s.io", "v1beta1", "PodMetrics", "pods", true);

    private final KubeView view;
    private final String namespace;
    private final String labels;

    /// @param labels a selector that finds them
    public Pods(KubeView view, String namespace, String labels) {
        this.view = view;
        this.namespace = namespace;
        this.labels = labels;
    }

    /// How many lines a caller asks for, as its query says it.
    ///
    /// @param asked `null` for as many as usual
    /// @throws Problem.Failure [Problem.Invalid] when that is no number of lines
    public static int lines(@Nullable String asked) {
        if (asked == null) {
            return USUAL_LINES;
        }
        int lines = asked.matches("\\d{1,4}") ? Integer.parseInt(asked) : 0;
        new Mistakes().unless(lines >= 1 && lines <= MOST_LINES, "lines",
                "must be a number from 1 to " + MOST_LINES).orRefuse();
        return lines;
    }

    /// How one pod is.
    ///
    /// @param phase Kubernetes' word: `Running`
    /// @param cpuCores `null` where nobody measures it
    /// @param memoryBytes `null` where nobody measures it
    public record Look(String pod, String phase, boolean isReady, int restarts,
            @Nullable BigDecimal cpuCores, @Nullable Long memoryBytes) {}

    /// A line that a pod has printed.
    ///
    /// @param time `null` when it does not say
    public record Line(String pod, @Nullable Instant time, String text) {}

    /// @param lines the oldest first
    /// @param isWhole whether nothing was left out for its size or for want of time
    public record Log(List<Line> lines, boolean isWhole) {}

    /// How they are, by name, a hundred at most.
    public List<Look> look() {
        var used = used();
        return pods().stream().limit(MOST_PODS)
                .map(pod -> look(pod, used.get(name(pod)))).toList();
    }

    private static Look look(JsonNode pod, @Nullable JsonNode used) {
        int restarts = 0;
        for (var container : pod.at("/status/containerStatuses")) {
            restarts += container.path("restartCount").asInt();
        }
        var memory = sum(used, "memory");
        return new Look(name(pod), pod.at("/status/phase").asText(), isReady(pod), restarts,
                sum(used, "cpu"), memory == null ? null : Long.valueOf(memory.longValue()));
    }

    private static boolean isReady(JsonNode pod) {
        for (var condition : pod.at("/status/conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    private static @Nullable BigDecimal sum(@Nullable JsonNode used, String what) {
        if (used == null) {
            return null;
        }
        var sum = BigDecimal.ZERO;
        for (var container : used.path("containers")) {
            sum = sum.add(Quantity.getAmountInBytes(
                    Quantity.parse(container.path("usage").path(what).asText("0"))));
        }
        return sum.stripTrailingZeros();
    }

    /// What the cluster's metrics server says, by pod; nothing where there is none.
    private Map<String, JsonNode> used() {
        var used = new HashMap<String, JsonNode>();
        try {
            view.list(METRICS, namespace, labels).forEach(one -> used.put(name(one), one));
        } catch (KubeFailure failure) {
            if (failure.status() != 404 && !failure.isAway()) {
                throw failure;
            }
        }
        return used;
    }

    /// The last lines of the logs of the newest pods, together.
    ///
    /// @param container `null` for each pod's only one
    /// @param lines at most so many, and never more than [#MOST_LINES]
    public Log log(@Nullable String container, int lines) {
        int most = Math.min(lines, MOST_LINES);
        var pods = pods();
        var newest = pods.stream()
                .sorted(Comparator.comparing((ObjectNode pod) ->
                        pod.at("/metadata/creationTimestamp").asText()).reversed())
                .limit(MOST_LOGS).map(Pods::name).toList();
        var all = new ArrayList<Line>();
        boolean isWhole = newest.size() == pods.size();
        for (var log : each(newest, container, most)) {
            all.addAll(log.lines());
            isWhole &= log.isWhole();
        }
        all.sort(Comparator.comparing(Line::time, Comparator.nullsFirst(
                Comparator.naturalOrder())));
        return new Log(List.copyOf(all.subList(Math.max(0, all.size() - most), all.size())),
                isWhole);
    }

    private List<Log> each(List<String> pods, @Nullable String container, int lines) {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = pods.stream()
                    .map(pod -> (Callable<Log>) () -> read(pod, container, lines)).toList();
            return executor.invokeAll(tasks, PATIENCE.toMillis(), TimeUnit.MILLISECONDS).stream()
                    .map(Pods::result).toList();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return List.of(new Log(List.of(), false));
        }
    }

    private static Log result(Future<Log> read) {
        try {
            return read.get();
        } catch (CancellationException | InterruptedException late) {
            return new Log(List.of(), false);
        } catch (ExecutionException failed) {
            return switch (failed.getCause()) {
                case KubeFailure failure -> throw failure;
                // Cut off on its way.
                case IOException _ -> new Log(List.of(), false);
                default -> throw new IllegalStateException(failed.getCause());
            };
        }
    }

    private Log read(String pod, @Nullable String container, int lines) throws IOException {
        byte[] bytes;
        try (var in = view.logs(namespace, pod,
                new KubeView.LogAsk(container, false, false, true, lines, null))) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        } catch (KubeFailure failure) {
            // It has not begun to print, or is gone by now.
            if (failure.status() == 400 || failure.status() == 404) {
                return new Log(List.of(), true);
            }
            throw failure;
        }
        var found = new ArrayList<Line>();
        new String(bytes, 0, Math.min(bytes.length, MOST_BYTES), StandardCharsets.UTF_8)
                .lines().forEach(line -> found.add(line(pod, line)));
        return new Log(found, bytes.length <= MOST_BYTES);
    }

    /// A line with its time, as the cluster writes them.
    static Line line(String pod, String line) {
        int space = line.indexOf(' ');
        try {
            var time = Instant.parse(space < 0 ? line : line.substring(0, space));
            return new Line(pod, time, shorten(space < 0 ? "" : line.substring(space + 1)));
        } catch (DateTimeParseException none) {
            return new Line(pod, null, shorten(line));
        }
    }

    private static String shorten(String text) {
        return text.length() <= LONGEST_LINE ? text : text.substring(0, LONGEST_LINE) + "…";
    }

    private List<ObjectNode> pods() {
        return view.list(Kind.POD, namespace, labels).stream()
                .sorted(Comparator.comparing(Pods::name)).toList();
    }

    private static String name(JsonNode pod) {
        return pod.at("/metadata/name").asText();
    }
}
