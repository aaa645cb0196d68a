package orrery.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;

/// Measures bare-metal servers registered by the packaged server in the simulated region: see
/// README.md.
public final class ServerBench {
    private static final int TOGETHER = 250;
    private static final int WARM = 20;
    private static final Duration MOST = Duration.ofMinutes(10);

    private final User user;
    private final Server server;
    private final String servers;

    private ServerBench(User user, String project) {
        this.user = user;
        this.server = user.server();
        this.servers = "/v1/regions/sim1/projects/" + project + "/infrastructure/servers";
    }

    public static void main(String[] args) throws Exception {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
        var settings = Map.of(
                "ORRERY_LIMIT_REQUESTS", "1000000", "ORRERY_LIMIT_REQUESTS_UNKNOWN", "1000000");
        try (var folders = new Folders();
                var server = Server.start(folders.fresh(), settings)) {
            var user = User.register(server);
            var bench = new ServerBench(user, user.project(
                    user.organization("bench-works"), "bench-metal"));
            bench.measure("warm", WARM);
            bench.measure("measured", count);
        }
    }

    /// Asks for servers in batches and waits until all are available.
    private void measure(String name, int count) throws Exception {
        long before = available();
        var cpu = new Duration[] {Cpu.alone(server.pid()), Cpu.tree(server.postgres()),
                Cpu.alone(server.region())};
        long start = System.nanoTime();
        for (int from = 0; from < count; from += TOGETHER) {
            ask(name, from, Math.min(count, from + TOGETHER));
        }
        double asked = seconds(start);
        long done = 0;
        while (done < count) {
            if (seconds(start) > MOST.toSeconds()) {
                throw new IOException(done + " of " + count + " are available after " + MOST);
            }
            Thread.sleep(200);
            done = available() - before;
        }
        System.out.printf("""
                %s: %d servers, asked for in %.1f s, all available after %.1f s
                CPU-seconds: server %.1f, PostgreSQL %.1f, simulated region %.1f
                """, name, count, asked, seconds(start),
                used(cpu[0], Cpu.alone(server.pid())), used(cpu[1], Cpu.tree(server.postgres())),
                used(cpu[2], Cpu.alone(server.region())));
    }

    private void ask(String name, int from, int to) throws Exception {
        var answer = user.post(servers + ":batchCreate", Map.of("servers",
                IntStream.range(from, to).mapToObj(i -> asked(name + "-" + i)).toList()));
        if (!answer.at("/data/failed").isEmpty()) {
            throw new IOException("refused: " + answer.at("/data/failed"));
        }
    }

    private static Map<String, Object> asked(String name) {
        return Map.of("name", name, "bmcAddress", name + ".bmc.example/redfish/v1/Systems/1",
                "tags", Map.of("rack", "r1"), "bmc", Map.of("username", "root",
                        "password", "calvin", "bootMacAddress", "52:54:00:12:34:56"));
    }

    private long available() throws Exception {
        return user.get(servers + "?state=available&pageSize=1&offset=0")
                .at("/meta/pagination/total").asLong();
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static double used(Duration before, Duration after) {
        return after.minus(before).toMillis() / 1e3;
    }
}
