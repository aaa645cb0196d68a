package orrery.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import orrery.kit.db.Json;

/// Measures requests per CPU-second of the packaged server: see README.md.
public final class RequestBench {
    private static final String GLOBAL = "/v1/regions/global";
    private static final Duration WARM_UP = Duration.ofSeconds(40);
    private static final int PAGE = 50;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1).build();
    private final Server server;
    private final int clients;
    private String token = "";

    private RequestBench(Server server, int clients) {
        this.server = server;
        this.clients = clients;
    }

    public static void main(String[] args) throws Exception {
        var measured = Duration.ofSeconds(args.length > 0 ? Long.parseLong(args[0]) : 20);
        int clients = args.length > 1 ? Integer.parseInt(args[1]) : 8;
        var settings = Map.of(
                "ORRERY_LIMIT_REQUESTS", "1000000", "ORRERY_LIMIT_REQUESTS_UNKNOWN", "1000000");
        try (var folders = new Folders();
                var server = Server.start(folders.fresh(), settings, "--no-sim")) {
            new RequestBench(server, clients).measure(measured);
        }
    }

    private void measure(Duration measured) throws Exception {
        var project = prepare();
        var read = GLOBAL + "/projects/" + project;
        var list = GLOBAL + "/projects?pageSize=" + PAGE;
        load(read, WARM_UP);
        load(list, WARM_UP);
        report("read", read, measured);
        report("list", list, measured);
    }

    /// A user, a token of theirs, and more projects than fit on a page.
    private String prepare() throws Exception {
        var account = Map.of("email", "bench@orrery.local", "name", "Bench",
                "password", UUID.randomUUID().toString(), "setupCode", server.setupCode());
        post("/v1/api/auth/register", account);
        token = post("/v1/api/auth/login", Map.of("email", account.get("email"),
                "password", account.get("password"))).at("/token").asText();
        var key = post(GLOBAL + "/iam/apikeys", Map.of("displayName", "bench", "scope", "platform"))
                .at("/data/secret").asText();
        token = post(GLOBAL + "/auth/token", Map.of("grant_type", "api_key", "api_key", key))
                .at("/data/access_token").asText();
        var organization = post(GLOBAL + "/organizations",
                Map.of("name", "bench-works", "displayName", "Bench")).at("/data/id").asText();
        var project = "";
        for (int i = 0; i < PAGE + 10; i++) {
            project = post(GLOBAL + "/projects", Map.of(
                    "name", "bench-" + i, "organizationId", organization)).at("/data/id").asText();
        }
        return project;
    }

    private JsonNode post(String path, Map<String, String> body) throws Exception {
        var request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofString(Json.write(body)));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        var answer = http.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
        }
        return Json.tree(answer.body());
    }

    private URI uri(String path) {
        return server.address().resolve(path);
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
        var request = HttpRequest.newBuilder(uri(path))
                .header("Authorization", "Bearer " + token).build();
        var latencies = new ConcurrentLinkedQueue<Long>();
        try (var threads = Executors.newFixedThreadPool(clients)) {
            for (int i = 0; i < clients; i++) {
                threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        long start = System.nanoTime();
                        var answer = http.send(request, BodyHandlers.ofString());
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
