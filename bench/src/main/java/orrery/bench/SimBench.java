package orrery.bench;

import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Measures one simulated cluster with many pods, or many watches: see README.md.
public final class SimBench {
    private static final int PODS_PER_NODE = 1000;
    private static final int STREAMS = 90;
    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

    private final Simulated region;

    private SimBench(Simulated region) {
        this.region = region;
    }

    public static void main(String[] args) throws Exception {
        try (var folders = new Folders(); var region = Simulated.start(folders.fresh())) {
            var bench = new SimBench(region);
            int count = Integer.parseInt(args[1]);
            int times = Integer.parseInt(args[2]);
            switch (args[0]) {
                case "pods" -> bench.pods(count, times);
                case "watches" -> bench.watches(count, times, args.length > 3);
                default -> throw new IllegalArgumentException("pods or watches");
            }
        }
    }

    private void pods(int count, int lists) throws Exception {
        for (int i = 0; i <= count / PODS_PER_NODE; i++) {
            node("bench-" + i);
        }
        var before = region.footprint();
        before.print("before");
        var cpu = Cpu.alone(region.pid());
        long start = System.nanoTime();
        region.post(DEPLOYMENTS, deployment(count));
        while (region.get(DEPLOYMENTS + "/many").at("/status/readyReplicas").asInt() < count) {
            Thread.sleep(500);
        }
        System.out.printf("%d pods ready after %.1f s, %.1f CPU-seconds%n", count,
                (System.nanoTime() - start) / 1e9, used(cpu));
        var after = region.footprint();
        after.print("with the pods");
        System.out.printf("a pod: %.1f KiB live, %.1f KiB resident%n",
                (after.live() - before.live()) * 1024 / count,
                (after.resident() - before.resident()) * 1024 / count);
        list(lists);
        list(lists);
    }

    private void node(String name) throws Exception {
        region.post("/api/v1/nodes", Map.of("metadata", Map.of("name", name)));
        var room = Map.of("cpu", "96", "memory", "768Gi", "pods", "" + PODS_PER_NODE);
        region.merge("/api/v1/nodes/" + name + "/status", Map.of("status", Map.of(
                "allocatable", room, "capacity", room,
                "conditions", List.of(Map.of("type", "Ready", "status", "True")))));
    }

    private static Map<String, ?> deployment(int replicas) {
        var labels = Map.of("app", "many");
        return Map.of("metadata", Map.of("name", "many"), "spec", Map.of(
                "replicas", replicas, "selector", Map.of("matchLabels", labels),
                "template", Map.of("metadata", Map.of("labels", labels),
                        "spec", Map.of("containers", List.of(Map.of(
                                "name", "main", "image", "registry.example/any:1"))))));
    }

    private void list(int times) throws Exception {
        var took = new long[times];
        var cpu = Cpu.alone(region.pid());
        int bytes = 0;
        var first = region.request(PODS + "?limit=500").build();
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            bytes = region.http().send(first, BodyHandlers.ofByteArray()).body().length;
            took[i] = System.nanoTime() - start;
        }
        Arrays.sort(took);
        System.out.printf("list with limit=500, %d times, %d KiB each: p50 %.1f ms, p99 %.1f ms,"
                + " %.2f ms of CPU%n", times, bytes >> 10, took[times / 2] / 1e6,
                took[times * 99 / 100] / 1e6, used(cpu) * 1000 / times);
    }

    private void watches(int count, int events, boolean http1) throws Exception {
        region.post(MAPS, Map.of("metadata", Map.of("name", "first")));
        var before = region.footprint();
        before.print("before");
        var version = region.get(MAPS + "?limit=1").at("/metadata/resourceVersion").asText();
        var request = region.request(MAPS + "?watch=1&resourceVersion=" + version).build();
        var watches = new ArrayList<WatchLines>();
        var connections = new ArrayList<HttpClient>();
        for (int i = 0; i < count; i++) {
            if (i % (http1 ? count : STREAMS) == 0) {
                connections.add(region.another(http1));
            }
            var watch = new WatchLines();
            watches.add(watch);
            connections.getLast().sendAsync(request, BodyHandlers.fromLineSubscriber(watch));
            watch.opened();
        }
        var open = region.footprint();
        open.print("with the watches");
        var cpu = Cpu.alone(region.pid());
        long start = System.nanoTime();
        var written = new ArrayList<Long>();
        var late = new long[events];
        for (int i = 0; i < events; i++) {
            var made = region.post(MAPS, Map.of("metadata", Map.of("name", "event-" + i)));
            written.add(made.at("/metadata/resourceVersion").asLong());
            long acknowledged = System.nanoTime();
            for (var watch : watches) {
                watch.until(i + 1);
            }
            late[i] = System.nanoTime() - acknowledged;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Arrays.sort(late);
        System.out.printf("%d events to %d watches on %d connections in %.1f s, %.1f CPU-seconds:"
                + " the last has it p50 %.0f ms, p99 %.0f ms after the write's answer%n",
                events, count, http1 ? count : connections.size(), seconds, used(cpu),
                late[events / 2] / 1e6, late[events * 99 / 100] / 1e6);
        System.out.printf("a watch: %.1f KiB live, %.1f KiB resident%n",
                (open.live() - before.live()) * 1024 / count,
                (open.resident() - before.resident()) * 1024 / count);
        long wrong = IntStream.range(0, count)
                .filter(i -> !watches.get(i).versions().equals(written)).count();
        System.out.println(wrong == 0 ? "each watch had each event once and in order"
                : wrong + " WATCHES WERE WRONG");
    }

    private double used(java.time.Duration before) {
        return Cpu.alone(region.pid()).minus(before).toMillis() / 1e3;
    }
}
