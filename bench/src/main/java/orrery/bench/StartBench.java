package orrery.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Measures how long `./run` takes until it is ready, and what it occupies then: see README.md.
public final class StartBench {
    private static final long IDLE_MILLIS = 15_000;

    private StartBench() {}

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        var first = new ArrayList<Double>();
        var later = new ArrayList<Double>();
        try (var folders = new Folders()) {
            // Builds what is missing and learns to start: not what is measured here.
            Server.start(folders.fresh(), Map.of()).close();
            Path data = folders.fresh();
            for (int round = 0; round < rounds; round++) {
                data = folders.fresh();
                try (var server = Server.start(data, Map.of())) {
                    first.add(server.ready().toMillis() / 1e3);
                }
                try (var server = Server.start(data, Map.of())) {
                    later.add(server.ready().toMillis() / 1e3);
                }
            }
            report("first start, s", first);
            report("second start, s", later);
            try (var server = Server.start(data, Map.of())) {
                Thread.sleep(IDLE_MILLIS);
                memory(server);
            }
        }
    }

    private static void report(String what, List<Double> seconds) {
        var sorted = seconds.stream().sorted().toList();
        System.out.printf("%-24s median %5.2f, from %.2f to %.2f, of %d%n", what,
                sorted.get(sorted.size() / 2), sorted.getFirst(), sorted.getLast(), sorted.size());
    }

    private static void memory(Server server) throws IOException {
        System.out.printf("%-24s %9s %9s%n", "idle, MiB", "Rss", "Pss");
        row("server", Memory.tree(server.pid()));
        row("simulated region", Memory.tree(server.region()));
        row("PostgreSQL", Memory.tree(server.postgres()));
    }

    private static void row(String who, Memory memory) {
        System.out.printf("  %-22s %9.0f %9.0f%n", who, memory.resident(), memory.proportional());
    }
}
