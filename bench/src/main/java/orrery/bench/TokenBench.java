package orrery.bench;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import orrery.kit.db.Json;

/// Measures a token service and those of others beside it, in turns: see README.md.
public final class TokenBench {
    private static final Duration WARM_UP = Duration.ofSeconds(25);
    private static final int ROUNDS = 3;
    private static final String GRANT = "grant_type=client_credentials";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int clients;

    private TokenBench(int clients) {
        this.clients = clients;
    }

    public static void main(String[] args) throws Exception {
        var measured = Duration.ofSeconds(args.length > 0 ? Long.parseLong(args[0]) : 15);
        int clients = args.length > 1 ? Integer.parseInt(args[1]) : 8;
        try (var folders = new Folders()) {
            var services = new ArrayList<TokenService>();
            try {
                services.add(OrreryTokens.start(folders.fresh()));
                if (args.length > 2) {
                    services.add(KeycloakTokens.start(Path.of(args[2]), folders.fresh()));
                }
                if (args.length > 3) {
                    services.add(OidcProviderTokens.start(Path.of(args[3]), "jwt"));
                    services.add(OidcProviderTokens.start(Path.of(args[3]), "opaque"));
                }
                new TokenBench(clients).measure(services, measured);
            } finally {
                for (var service : services) {
                    service.close();
                }
            }
        }
    }

    private void measure(List<TokenService> services, Duration measured) throws Exception {
        for (var service : services) {
            load(service, service.token(), GRANT, WARM_UP, body -> body.contains("access_token"));
            if (service.introspects()) {
                load(service, service.introspect(), "token=" + token(service), WARM_UP,
                        TokenBench::isActive);
            }
        }
        for (int round = 1; round <= ROUNDS; round++) {
            System.out.printf("round %d, %d clients: requests per CPU-second, p50, p99%n", round,
                    clients);
            for (var service : services) {
                report(service, "client_credentials", service.token(), GRANT, measured,
                        body -> body.contains("access_token"));
            }
            for (var service : services) {
                if (service.introspects()) {
                    report(service, "introspect", service.introspect(), "token=" + token(service),
                            measured, TokenBench::isActive);
                }
            }
        }
    }

    private static boolean isActive(String body) {
        return body.contains("\"active\":true");
    }

    private String token(TokenService service) throws Exception {
        var answer = http.send(request(service, service.token(), GRANT),
                BodyHandlers.ofString()).body();
        return URLEncoder.encode(Json.tree(answer).at("/access_token").asText(),
                StandardCharsets.UTF_8);
    }

    private void report(TokenService service, String what, String path, String form,
            Duration measured, Predicate<String> isRight) throws Exception {
        var before = Cpu.alone(service.pid());
        var latencies = load(service, path, form, measured, isRight);
        double own = Cpu.alone(service.pid()).minus(before).toNanos() / 1e9;
        int count = latencies.length;
        System.out.printf("  %-20s %-24s %,9.0f %9.2f ms %9.2f ms%n", what, service.name(),
                count / own, latencies[count / 2] / 1e6, latencies[(int) (count * 0.99)] / 1e6);
    }

    private static HttpRequest request(TokenService service, String path, String form) {
        return HttpRequest.newBuilder(service.address().resolve(path))
                .header("Authorization", service.basic())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .timeout(Duration.ofSeconds(60))
                .POST(BodyPublishers.ofString(form)).build();
    }

    private long[] load(TokenService service, String path, String form, Duration time,
            Predicate<String> isRight) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        var request = request(service, path, form);
        var latencies = new ConcurrentLinkedQueue<Long>();
        try (var threads = Executors.newFixedThreadPool(clients)) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < clients; i++) {
                all.add(threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        long start = System.nanoTime();
                        var answer = http.send(request, BodyHandlers.ofString());
                        if (answer.statusCode() != 200 || !isRight.test(answer.body())) {
                            throw new IOException(service.name() + " " + path + ": "
                                    + answer.statusCode() + " " + answer.body());
                        }
                        latencies.add(System.nanoTime() - start);
                    }
                    return null;
                }));
            }
            for (var one : all) {
                one.get();
            }
        }
        var sorted = latencies.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
