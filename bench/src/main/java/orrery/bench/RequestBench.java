package orrery.bench;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;

/// Measures requests per CPU-second of the packaged server: see README.md.
public final class RequestBench {
    private static final Duration WARM_UP = Duration.ofSeconds(40);
    private static final int PAGE = 50;

    private final User user;
    private final Server server;
    private final int clients;

    private RequestBench(User user, int clients) {
        this.user = user;
        this.server = user.server();
        this.clients = clients;
    }

    public static void main(String[] args) throws Exception {
        var measured = Duration.ofSeconds(args.length > 0 ? Long.parseLong(args[0]) : 20);
        int clients = args.length > 1 ? Integer.parseInt(args[1]) : 8;
        var settings = Map.of(
                "ORRERY_LIMIT_REQUESTS", "1000000", "ORRERY_LIMIT_REQUESTS_UNKNOWN", "1000000");
        try (var folders = new Folders();
                var server = Server.start(folders.fresh(), settings, "--no-sim")) {
            new RequestBench(User.register(server), clients).measure(measured);
        }
    }

    private void measure(Duration measured) throws Exception {
        var project = prepare();
        var read = User.GLOBAL + "/projects/" + project;
        var list = User.GLOBAL + "/projects?pageSize=" + PAGE;
        load(read, WARM_UP);
        load(list, WARM_UP);
        report("read", read, measured);
        report("list", list, measured);
    }

    /// More projects than fit on a page.
    private String prepare() throws Exception {
        var organization = user.organization("bench-works");
        var project = "";
        for (int i = 0; i < PAGE + 10; i++) {
            project = user.project(organization, "bench-" + i);
        }
        return project;
    }

    private void report(String what, String path, Duration measured) throws Exception {
        var before = Cpu.alone(server.pid());
        var postgresBefore = Cpu.tree(server.postgres());
        long start = System.nanoTime();
        var latencies = load(path, measured);
        double seconds = (System.nanoTime() - start) / 1e9;
        double own = Cpu.alone(server.pid()).minus(before).toNanos() / 1e9;
        double theirs = Cpu.tree(server.postgres()).minus(postgresBefore).toNanos() / 1e9;
        int count = latencies.length;
        System.out.printf("""
                %s: GET %s, %d clients
                requests per second                  %,9.0f
                requests per CPU-second of the server%,9.0f
                requests per CPU-second, PostgreSQL's%,9.0f
                p50 and p99                          %9.2f ms %9.2f ms
                """, what, path, clients, count / seconds, count / own, count / theirs,
                latencies[count / 2] / 1e6, latencies[(int) (count * 0.99)] / 1e6);
    }

    /// Sends from as many threads as there are clients, each one request after the other.
    ///
    /// @return the times of all, sorted, in nanoseconds
    private long[] load(String path, Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        var request = user.request(path).build();
        var latencies = new ConcurrentLinkedQueue<Long>();
        try (var threads = Executors.newFixedThreadPool(clients)) {
            for (int i = 0; i < clients; i++) {
                threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        long start = System.nanoTime();
                        var answer = user.http().send(request, BodyHandlers.ofString());
                        if (answer.statusCode() != 200) {
                            throw new IOException(answer.statusCode() + " " + answer.body());
                        }
                        latencies.add(System.nanoTime() - start);
                    }
                    return null;
                });
            }
        }
        if (latencies.isEmpty()) {
            throw new IOException("no answer to GET " + path);
        }
        var sorted = latencies.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
