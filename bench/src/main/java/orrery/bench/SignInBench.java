package orrery.bench;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import orrery.kit.db.Json;
import orrery.server.auth.login.Passwords;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Measures sign-ins by password beside the password's hash alone: see README.md.
public final class SignInBench {
    private static final int ROUNDS = 3;
    private static final String PASSWORD = "plainer-than-it-looks-42";

    private SignInBench() {}

    public static void main(String[] args) throws Exception {
        var measured = Duration.ofSeconds(args.length > 0 ? Long.parseLong(args[0]) : 15);
        int clients = args.length > 1 ? Integer.parseInt(args[1]) : 2;
        var warmUp = Duration.ofSeconds(args.length > 2 ? Long.parseLong(args[2]) : 120);
        var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        try (var folders = new Folders();
                var server = Server.start(folders.fresh(), OrreryTokens.UNLIMITED, "--no-sim")) {
            new User(http, server, "").post("/v1/api/auth/register", Map.of(
                    "email", "bench@orrery.local", "name", "Bench", "password", PASSWORD,
                    "setupCode", server.setupCode()));
            var load = new Load(http, clients);
            var request = signIn(server);
            load.send(request, warmUp, body -> body.contains("\"token\""));
            hashes(Duration.ofSeconds(10), clients);
            System.out.println("sign-ins and hashes per CPU-second, p50, p99 of a sign-in");
            for (int round = 0; round < ROUNDS; round++) {
                var before = Cpu.alone(server.pid());
                var times = load.send(request, measured, body -> body.contains("\"token\""));
                double own = Cpu.alone(server.pid()).minus(before).toNanos() / 1e9;
                double hashes = hashes(measured, clients);
                System.out.printf("  %6.1f of %6.1f (%.2f) %9.1f ms %9.1f ms%n",
                        times.count() / own, hashes, times.count() / own / hashes,
                        times.at(0.5), times.at(0.99));
            }
        }
    }

    private static HttpRequest signIn(Server server) {
        return HttpRequest.newBuilder(server.address().resolve("/v1/api/auth/login"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(60))
                .POST(BodyPublishers.ofString(Json.write(Map.of(
                        "email", "bench@orrery.local", "password", PASSWORD)))).build();
    }

    /// What so many threads make in a CPU-second, with the parameters that the server uses: each
    /// has the processor's caches to itself no more than those that sign in.
    private static double hashes(Duration time, int threads) {
        var salt = new byte[16];
        new Random(7).nextBytes(salt);
        var parameters = new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(Passwords.STANDARD.kibibytes())
                .withIterations(Passwords.STANDARD.passes())
                .withParallelism(1).withSalt(salt).build();
        long end = System.nanoTime() + time.toNanos();
        var before = Cpu.own();
        var made = new LongAdder();
        try (var each = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                each.execute(() -> {
                    while (System.nanoTime() < end) {
                        var generator = new Argon2BytesGenerator();
                        generator.init(parameters);
                        generator.generateBytes(PASSWORD.toCharArray(), new byte[32]);
                        made.increment();
                    }
                });
            }
        }
        return made.sum() / (Cpu.own().minus(before).toNanos() / 1e9);
    }
}
