package orrery.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/// Measures clusters made by the packaged server in the simulated region: see README.md.
public final class ClusterBench {
    private static final int PROJECTS = 10;
    private static final int CLIENTS = 4;
    private static final int ROUND = 1000;
    /// Longer than the region keeps in memory what nobody uses.
    private static final Duration REST = Duration.ofSeconds(40);
    private static final Duration MOST = Duration.ofMinutes(60);

    private final User user;
    private final Server server;
    private final List<String> projects;

    private ClusterBench(User user, List<String> projects) {
        this.user = user;
        this.server = user.server();
        this.projects = projects;
    }

    public static void main(String[] args) throws Exception {
        int registered = args.length > 0 ? Integer.parseInt(args[0]) : 0;
        int measured = args.length > 1 ? Integer.parseInt(args[1]) : 1000;
        var settings = Map.of(
                "ORRERY_LIMIT_REQUESTS", "1000000", "ORRERY_LIMIT_REQUESTS_UNKNOWN", "1000000");
        try (var folders = new Folders();
                var server = Server.start(folders.fresh(), settings)) {
            var user = User.register(server);
            var organization = user.organization("bench-works");
            var projects = IntStream.range(0, PROJECTS).mapToObj(
                    i -> quietly(() -> user.project(organization, "bench-" + i))).toList();
            var bench = new ClusterBench(user, projects);
            bench.measure("warm", 20);
            for (int there = 0; there < registered; there += ROUND) {
                bench.measure("beside-" + there, Math.min(ROUND, registered - there));
            }
            bench.measure("measured", measured);
            bench.rest(args.length > 2 ? Duration.ofSeconds(Integer.parseInt(args[2])) : REST);
        }
    }

    /// Asks for clusters and waits until all are running.
    private void measure(String name, int count) throws Exception {
        long before = running();
        var memory = Memory.tree(server.region());
        var cpu = new Duration[] {Cpu.alone(server.pid()), Cpu.tree(server.postgres()),
                Cpu.alone(server.region())};
        long start = System.nanoTime();
        try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
            var asked = clients.invokeAll(IntStream.range(0, count).<Callable<Object>>mapToObj(
                    i -> () -> ask(name + "-" + i, projects.get(i % PROJECTS))).toList());
            for (var one : asked) {
                one.get();
            }
        }
        double asked = seconds(start);
        long running = running() - before;
        while (running < count && seconds(start) < MOST.toSeconds()) {
            Thread.sleep(200);
            running = running() - before;
        }
        if (running < count) {
            throw new IOException(running + " of " + count + " clusters run after " + MOST);
        }
        double all = seconds(start);
        System.out.printf("""
                %s: %d clusters, asked for in %.1f s, all running after %.1f s
                CPU-seconds: server %.1f, PostgreSQL %.1f, simulated region %.1f
                memory of the simulated region: %.0f MiB, before %.0f; server %.0f
                """, name, count, asked, all,
                used(cpu[0], Cpu.alone(server.pid())), used(cpu[1], Cpu.tree(server.postgres())),
                used(cpu[2], Cpu.alone(server.region())),
                Memory.tree(server.region()).resident(), memory.resident(),
                Memory.tree(server.pid()).resident());
    }

    /// What all of them take when nobody uses them.
    private void rest(Duration time) throws Exception {
        Thread.sleep(REST);
        var cpu = Cpu.alone(server.region());
        var own = Cpu.alone(server.pid());
        Thread.sleep(time);
        System.out.printf("""
                at rest: simulated region %.0f MiB resident, %.1f live, server %.0f, \
                PostgreSQL %.0f; CPU-seconds in %d s: region %.2f, server %.2f
                on disk: %.0f MiB
                """, Memory.tree(server.region()).resident(), Heap.live(server.region()),
                Memory.tree(server.pid()).resident(), Memory.tree(server.postgres()).resident(),
                time.toSeconds(), used(cpu, Cpu.alone(server.region())),
                used(own, Cpu.alone(server.pid())),
                Files.size(server.data().resolve("sim/region.db")) / (double) (1 << 20));
    }

    private Object ask(String name, String project) throws Exception {
        return user.post(clusters(project), Map.of("name", name, "nodePools", List.of(
                Map.of("role", "control-plane", "nodeCount", 1),
                Map.of("role", "worker", "nodeCount", 2))));
    }

    private long running() throws Exception {
        long sum = 0;
        for (var project : projects) {
            sum += user.get(clusters(project) + "?state=running&pageSize=1&offset=0")
                    .at("/meta/pagination/total").asLong();
        }
        return sum;
    }

    private static String clusters(String project) {
        return "/v1/regions/sim1/projects/" + project + "/compute/clusters";
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static double used(Duration before, Duration after) {
        return after.minus(before).toMillis() / 1e3;
    }

    private static <T> T quietly(Callable<T> question) {
        try {
            return question.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
