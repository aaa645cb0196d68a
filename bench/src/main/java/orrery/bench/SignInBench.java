package orrery.bench;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import orrery.kit.db.Json;
import orrery.server.auth.login.Passwords;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Measures sign-ins by password beside the password's hash alone: see README.md.
public final class SignInBench {
    private static final int ROUNDS = 3;
    private static final int SLICES = 8;
    private static final String PASSWORD = "plainer-than-it-looks-42";

    private SignInBench() {}

    /// @param used CPU time that they took
    private record Hashes(long made, Duration used) {
        Hashes and(Hashes more) {
            return new Hashes(made + more.made, used.plus(more.used));
        }
    }

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
            System.out.println("sign-ins and hashes per CPU-second, hashing's share, p50, p99");
            for (int i = 0; i < ROUNDS; i++) {
                round(load, server.pid(), request, measured.dividedBy(SLICES));
            }
        }
    }

    /// In short turns: the machine's speed changes with its neighbours, from one minute to the
    /// next.
    private static void round(Load load, long pid, HttpRequest request, Duration slice)
            throws Exception {
        var used = Duration.ZERO;
        var hashing = Duration.ZERO;
        var hashes = new Hashes(0, Duration.ZERO);
        var times = LongStream.empty();
        for (int i = 0; i < SLICES; i++) {
            var before = Cpu.alone(pid);
            var hashed = Cpu.threads(pid, "password-");
            times = LongStream.concat(times, LongStream.of(
                    load.send(request, slice, body -> body.contains("\"token\"")).nanos()));
            used = used.plus(Cpu.alone(pid)).minus(before);
            hashing = hashing.plus(Cpu.threads(pid, "password-")).minus(hashed);
            hashes = hashes.and(hashes(slice, load.clients()));
        }
        var all = new Load.Times(times.sorted().toArray());
        double signIns = all.count() / seconds(used);
        double alone = hashes.made() / seconds(hashes.used());
        System.out.printf("  %6.1f of %6.1f (%.2f) %5.0f %% %9.1f ms %9.1f ms%n",
                signIns, alone, signIns / alone, 100 * seconds(hashing) / seconds(used),
                all.at(0.5), all.at(0.99));
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
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
    private static Hashes hashes(Duration time, int threads) {
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
        return new Hashes(made.sum(), Cpu.own().minus(before));
    }
}
