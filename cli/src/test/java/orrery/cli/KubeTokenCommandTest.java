package orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeTokenCommandTest {
    private static final String CLUSTER = "/v1/regions/r/projects/p/compute/clusters/c";
    private static final String ISSUED = "POST " + CLUSTER + "/kubeconfigs Bearer ";

    @TempDir
    Path cache;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();
    private Duration lasts = Duration.ofMinutes(10);
    private String refusal = "";
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(this::answer);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /// Answers as the server does: the token is there a moment after it was asked for.
    private void answer(HttpExchange exchange) throws IOException {
        var request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        asked.add(request + " " + exchange.getRequestHeaders().getFirst("Authorization"));
        var looks = asked.stream().filter(it -> it.startsWith("GET /k ")).count();
        var body = switch (request) {
            case "POST /v1/api/auth/login" -> "{\"token\": \"session\"}";
            case "GET /k/download" ->
                "users: [{name: c, user: {token: \"secret-" + asked.size() + "\"}}]";
            default -> """
                    {"data": {"selfLink": "/k", "state": "%s", "expiresAt": "%s"}}
                    """.formatted(looks > 1 ? "active" : "issuing", Instant.now().plus(lasts));
        };
        var refused = !refusal.isEmpty() && request.startsWith("POST " + CLUSTER);
        var bytes = (refused ? refusal : body).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(refused ? 404 : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        var line = new ArrayList<>(List.of("kube-token", "--url",
                "http://127.0.0.1:" + server.port(), "--cache", cache.toString()));
        line.addAll(List.of(arguments));
        return Main.commandLine()
                .setOut(new PrintWriter(out)).setErr(new PrintWriter(errors, true))
                .execute(line.toArray(String[]::new));
    }

    private String printed(String... arguments) {
        assertThat(run(arguments)).as(errors.toString()).isZero();
        return out.toString();
    }

    private long issued() {
        return asked.stream().filter(it -> it.startsWith(ISSUED)).count();
    }

    @Test
    void printsACredentialThatEndsAMinuteBeforeItsToken() {
        var credential = Answer.read(printed("--cluster", CLUSTER, "--token", "key"));
        assertThat(credential.path("apiVersion").asText())
                .isEqualTo("client.authentication.k8s.io/v1");
        assertThat(credential.path("kind").asText()).isEqualTo("ExecCredential");
        assertThat(credential.at("/status/token").asText()).startsWith("secret-");
        assertThat(Instant.parse(credential.at("/status/expirationTimestamp").asText()))
                .isBetween(Instant.now().plus(Duration.ofMinutes(8)),
                        Instant.now().plus(Duration.ofMinutes(9)));
        assertThat(asked).first().isEqualTo(ISSUED + "key");
    }

    @Test
    void keepsOneForEachClusterAndCallerForItsOwnerAlone() throws IOException {
        var first = printed("--cluster", CLUSTER, "--token", "key");
        assertThat(printed("--cluster", CLUSTER, "--token", "key")).isEqualTo(first);
        assertThat(issued()).isEqualTo(1);
        assertThat(printed("--cluster", CLUSTER, "--token", "another")).isNotEqualTo(first);
        assertThat(printed("--cluster", CLUSTER + "2", "--token", "key")).isNotEqualTo(first);
        try (var files = Files.walk(cache.resolve("orrery").resolve("kube-tokens"))) {
            assertThat(files).hasSize(4).allSatisfy(file -> {
                assertThat(cache.relativize(file).toString()).doesNotContain("key", "another");
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
            });
        }
    }

    @Test
    void asksAnewForOneThatEndsAndForOneThatIsDamaged() throws IOException {
        lasts = Duration.ofSeconds(59);
        var ending = printed("--cluster", CLUSTER, "--token", "key");
        lasts = Duration.ofMinutes(10);
        var second = printed("--cluster", CLUSTER, "--token", "key");
        assertThat(second).isNotEqualTo(ending);
        try (var files = Files.walk(cache)) {
            Files.writeString(files.filter(Files::isRegularFile).findFirst().orElseThrow(),
                    second.substring(0, second.length() / 2));
        }
        var third = printed("--cluster", CLUSTER, "--token", "key");
        assertThat(third).isNotEqualTo(second);
        assertThat(printed("--cluster", CLUSTER, "--token", "key")).isEqualTo(third);
        assertThat(issued()).isEqualTo(3);
    }

    @Test
    void signsInWithAPasswordAndOutAgain() {
        printed("--cluster", CLUSTER, "--email", "ann@example.com", "--password", "tallow");
        assertThat(asked).first().isEqualTo("POST /v1/api/auth/login null");
        assertThat(asked).contains(ISSUED + "session");
        assertThat(asked).last().isEqualTo("DELETE /v1/regions/global/auth/session Bearer session");
    }

    @Test
    void saysWhatIsWrongAndPrintsNothing() throws IOException {
        assertThat(run("--cluster", CLUSTER)).isEqualTo(1);
        assertThat(errors.toString()).contains("ORRERY_TOKEN");
        assertThat(run("--cluster", "http://elsewhere/c", "--token", "key")).isEqualTo(2);
        assertThat(errors.toString()).contains("selfLink");
        Files.writeString(cache.resolve("orrery"), "in the way");
        assertThat(run("--cluster", CLUSTER, "--token", "key")).isEqualTo(1);
        assertThat(errors.toString()).contains("XDG_CACHE_HOME");
        assertThat(asked).isEmpty();
        Files.delete(cache.resolve("orrery"));
        refusal = "{\"error\": {\"code\": \"NOT_FOUND\", \"message\": \"there is no cluster c\"}}";
        assertThat(run("--cluster", CLUSTER, "--token", "key")).isEqualTo(1);
        assertThat(errors.toString()).contains("404 NOT_FOUND there is no cluster c");
        assertThat(out.toString()).isEmpty();
    }
}
