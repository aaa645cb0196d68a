package orrery.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import orrery.kit.db.EmbeddedPostgres;
import orrery.kit.http.Json;
import orrery.kit.secret.Sealing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What a caller notices of there being two servers, and of their limits.
class ServersTest {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1).build();
    private static final String GLOBAL = "/v1/regions/global";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private String token = "";

    @Test
    void aStreamGoesOnAtAnotherServerAndTheCrowdIsToldWhenToComeBack() throws Exception {
        try (var postgres = EmbeddedPostgres.start(folder.resolve("postgres").toAbsolutePath())) {
            var address = postgres.address();
            var key = folder.resolve("sealing-key").toAbsolutePath();
            Sealing.openOrCreate(key);
            try (var installation = new Installation(folder, Map.of(
                    "ORRERY_DATABASE_URL", address.url().replaceFirst("^jdbc:postgresql://",
                            "postgresql://" + address.user() + ":" + address.password() + "@"),
                    "ORRERY_SEALING_KEY_FILE", key.toString(),
                    "ORRERY_LIMIT_REQUESTS_UNKNOWN", "4"))) {
                int first = Installation.freePort();
                int second = Installation.freePort();
                try (var one = installation.server(first);
                        var two = installation.server(second);
                        var pod = installation.pod()) {
                    installation.showPods(second);
                    aPodIsAStranger(pod, installation, second,
                            URI.create(address.url().substring("jdbc:".length())).getPort());
                    register(first);
                    goesOn(first, second);
                    one.kill();
                    assertThat(send(second, "GET", GLOBAL + "/organizations", null)
                            .statusCode()).as("one is enough").isEqualTo(200);
                    isLimited(second);
                    isNotLimitedWithTheHost(pod);
                    two.kill();
                    findsNobodyElse(pod, second);
                }
            }
        }
    }

    /// Asks for a path with all that could pass for a word of a proxy's, on one connection.
    private static final String FORGE = """
            use IO::Socket::INET;
            my ($port, $path, $first) = @ARGV;
            my $to = IO::Socket::INET->new("127.0.0.1:$port") or print("closed\\n"), exit;
            local $" = "";
            my @forged = map { "$_: 127.0.0.1\\r\\n" }
                qw(X-Forwarded-For X-Real-IP True-Client-IP CF-Connecting-IP);
            print $to ($first // "") . "GET $path HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\n@forged"
                . "Forwarded: for=127.0.0.1;host=127.0.0.1\\r\\nConnection: close\\r\\n\\r\\n";
            print <$to>, "\\n";
            """;

    private static String asked(Pod pod, String... arguments) throws Exception {
        return String.join("\n", pod.run(Stream.concat(
                Stream.of("perl", "-e", FORGE), Stream.of(arguments)).toArray(String[]::new)));
    }

    /// The public API is there, by its variable, and who asks is not taken for this machine's user:
    /// the code of a fresh server stays secret. Nothing else of the server's is there.
    private void aPodIsAStranger(Pod pod, Installation installation, int port, int database)
            throws Exception {
        if (!pod.runs()) {
            return;
        }
        assertThat(pod.run("sh", "-c", "echo $ORRERY_URL")).containsExactly(
                "http://127.0.0.1:6480");
        assertThat(json(send(port, "GET", "/setup", null)).path("code").asText()).isNotEmpty();
        assertThat(asked(pod, "6480", "/setup")).contains("200 OK", "\"waiting\"", "\"code\":null");
        assertThat(asked(pod, "6480", "/setup", "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n"))
                .doesNotContain("\"waiting\"");
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                installation.requests(port)).contains("\"address\":\"127.64.0.1\""));
        assertThat(asked(pod, "6480", "/v1/api/profile")).contains("401");
        for (var inner : new String[] {"/q/health/ready", "/q/metrics", "/q/../q/metrics"}) {
            assertThat(asked(pod, "6480", inner)).contains("404").doesNotContain("UP");
        }
        assertThat(asked(pod, Integer.toString(port), "/setup")).isEqualTo("closed");
        assertThat(asked(pod, Integer.toString(database), "/")).isEqualTo("closed");
        assertThat(pod.run("sh", "-c", "cat " + Path.of("pom.xml").toAbsolutePath()
                + "; perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(PeerAddr =>"
                + " \"169.254.169.254:80\", Timeout => 9) ? \"open\" : \"closed\"'"))
                .hasSize(2).satisfiesExactly(
                        refused -> assertThat(refused).contains("No such file"),
                        metadata -> assertThat(metadata).isEqualTo("closed"));
    }

    private static void isNotLimitedWithTheHost(Pod pod) throws Exception {
        assertThat(pod.runs() ? asked(pod, "6480", "/v1/api/profile") : "401").contains("401");
    }

    /// Who listens where a server was is not shown to pods.
    private static void findsNobodyElse(Pod pod, int port) throws Exception {
        try (var other = new ServerSocket(port, 5, InetAddress.getByName("127.0.0.1"))) {
            other.setSoTimeout(1);
            assertThat(pod.runs() ? asked(pod, "6480", "/") : "").isBlank();
            assertThatThrownBy(other::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    private void register(int port) throws Exception {
        var code = json(send(port, "GET", "/setup", null)).path("code").asText();
        token = json(send(port, "POST", "/v1/api/auth/register", Map.of("email", "a@example.com",
                "password", "tallow finch 7", "name", "A", "setupCode", code)))
                .path("token").asText();
        assertThat(token).isNotEmpty();
    }

    /// What happens at one server is heard at the other, and a listener that was cut off at one
    /// goes on at the other.
    private void goesOn(int first, int second) throws Exception {
        var heard = CompletableFuture.supplyAsync(() -> listen(second, null, "one"));
        // Whoever listens from now on hears nothing of before: the stream must be open first.
        for (int i = 0; !heard.isDone() && i < 240; i++) {
            make(first, "one-" + i);
            TimeUnit.MILLISECONDS.sleep(250);
        }
        var last = heard.get(60, TimeUnit.SECONDS);
        assertThat(last).isNotEmpty();
        make(second, "two");
        assertThat(listen(first, last, "two")).isNotEmpty();
    }

    private void make(int port, String name) throws Exception {
        assertThat(send(port, "POST", GLOBAL + "/organizations", Map.of("name", name))
                .statusCode()).isEqualTo(201);
    }

    /// Listens until an organization whose name begins so is created.
    ///
    /// @return the event's identifier
    private String listen(int port, String after, String name) {
        var request = request(port, GLOBAL + "/events/stream");
        if (after != null) {
            request.header("Last-Event-ID", after);
        }
        try (var lines = new BufferedReader(new InputStreamReader(CLIENT.send(
                request.build(), BodyHandlers.ofInputStream()).body(),
                StandardCharsets.UTF_8))) {
            var id = "";
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                id = line.startsWith("id:") ? line.substring(3).strip() : id;
                if (line.startsWith("data:") && line.contains("organization.created")
                        && line.contains("\"name\":\"" + name)) {
                    return id;
                }
            }
            return "";
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Whoever is not signed in has a few requests at once; then each family says when to come
    /// back, in its own words, and who is signed in does not suffer.
    private void isLimited(int port) throws Exception {
        var known = token;
        token = "";
        for (var path : List.of(GLOBAL + "/organizations", "/v1/api/profile",
                "/api/v1/me/profile")) {
            HttpResponse<String> answer;
            int asked = 0;
            do {
                answer = send(port, "GET", path, null);
                assertThat(answer.headers().firstValue("RateLimit-Limit")).contains("8");
            } while (answer.statusCode() == 401 && ++asked < 1_000);
            assertThat(answer.statusCode()).as(path).isEqualTo(429);
            assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
            assertThat(answer.headers().firstValue("RateLimit-Remaining")).contains("0");
            assertThat(json(answer).toString()).as(path).containsAnyOf(
                    "\"code\":\"RATE_LIMITED\"", "{\"error\":\"", "\"status\":429");
        }
        token = known;
        assertThat(send(port, "GET", GLOBAL + "/organizations", null).statusCode())
                .isEqualTo(200);
    }

    private HttpRequest.Builder request(int port, String path) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json");
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> send(int port, String method, String path, Object body)
            throws Exception {
        return CLIENT.send(request(port, path).method(method, body == null
                ? BodyPublishers.noBody() : BodyPublishers.ofString(Json.text(body))).build(),
                BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return Json.shared().readTree(answer.body());
    }
}
