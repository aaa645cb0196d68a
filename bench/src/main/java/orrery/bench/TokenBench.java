package orrery.bench;

import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import orrery.kit.db.Json;

/// Measures a token service and those of others beside it, in turns: see README.md.
public final class TokenBench {
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final int ROUNDS = 3;
    private static final String GRANT = "grant_type=client_credentials";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Load load;

    private TokenBench(int clients) {
        this.load = new Load(http, clients);
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
            load.send(request(service, service.token(), GRANT), WARM_UP, TokenBench::isToken);
            if (service.introspects()) {
                load.send(request(service, service.introspect(), "token=" + token(service)),
                        WARM_UP, TokenBench::isActive);
            }
        }
        for (int round = 1; round <= ROUNDS; round++) {
            System.out.printf("round %d, %d clients: requests per CPU-second, p50, p99%n", round,
                    load.clients());
            for (var service : services) {
                report(service, "client_credentials", service.token(), GRANT, measured,
                        TokenBench::isToken);
            }
            for (var service : services) {
                if (service.introspects()) {
                    report(service, "introspect", service.introspect(), "token=" + token(service),
                            measured, TokenBench::isActive);
                }
            }
        }
    }

    private static boolean isToken(String body) {
        return body.contains("access_token");
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
        var times = load.send(request(service, path, form), measured, isRight);
        double own = Cpu.alone(service.pid()).minus(before).toNanos() / 1e9;
        System.out.printf("  %-20s %-24s %,9.0f %9.2f ms %9.2f ms%n", what, service.name(),
                times.count() / own, times.at(0.5), times.at(0.99));
    }

    private static HttpRequest request(TokenService service, String path, String form) {
        return HttpRequest.newBuilder(service.address().resolve(path))
                .header("Authorization", service.basic())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .timeout(Duration.ofSeconds(60))
                .POST(BodyPublishers.ofString(form)).build();
    }
}
