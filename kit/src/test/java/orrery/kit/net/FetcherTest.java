package orrery.kit.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FetcherTest {
    private static final Set<String> NAMED = Set.of("127.0.0.1", "localhost");
    private static final Fetcher.Limits LIMITS = new Fetcher.Limits(100, Duration.ofSeconds(5));

    private final Fetcher fetcher =
            new Fetcher(new Outbound(new Outbound.Rules(false, Set.of())));
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            switch (exchange.getRequestURI().getPath()) {
                case "/host" -> send(exchange, 200, exchange.getRequestHeaders().getFirst("Host"));
                case "/away" -> redirect(exchange, "http://1.2.3.4/");
                case "/here" -> redirect(exchange, "/host");
                case "/round" -> redirect(exchange, "/round");
                case "/large" -> send(exchange, 200, "x".repeat(101));
                case "/slow" -> {
                    exchange.sendResponseHeaders(200, 50);
                    exchange.getResponseBody().write(1);
                    exchange.getResponseBody().flush();
                    exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
                    new CountDownLatch(1)
                            .await(60, TimeUnit.SECONDS);
                }
                default -> send(exchange, 404, "no");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static void redirect(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().set("Location", to);
        exchange.sendResponseHeaders(302, -1);
    }

    private Fetcher.Fetched get(String host, String path) {
        var uri = URI.create("http://" + host + ":" + server.getAddress().getPort() + path);
        return fetcher.get("url", uri, LIMITS, NAMED);
    }

    @Test
    void dialsTheAddressAndSaysTheName() {
        assertThat(new String(get("localhost", "/host").body(), StandardCharsets.UTF_8))
                .isEqualTo("localhost:" + server.getAddress().getPort());
        assertThat(get("localhost", "/nothing").status()).isEqualTo(404);
    }

    @Test
    void followsRedirectsOnTheSameHostOnly() {
        assertThat(get("localhost", "/here").status()).isEqualTo(200);
        assertThatThrownBy(() -> get("localhost", "/away")).hasMessageContaining("another host");
        assertThatThrownBy(() -> get("localhost", "/round")).hasMessageContaining("5 redirects");
    }

    @Test
    void refusesLongAnswersAndLeavesSlowOnes() {
        assertThatThrownBy(() -> get("localhost", "/large")).hasMessageContaining("100 bytes");
        long before = System.nanoTime();
        assertThatThrownBy(() -> get("localhost", "/slow")).hasMessageContaining("localhost");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void refusesLoopbackThatNobodyNamed() {
        var uri = URI.create("http://localhost:" + server.getAddress().getPort() + "/host");
        assertThatThrownBy(() -> fetcher.get("url", uri, LIMITS))
                .hasMessageContaining("does not connect to");
    }
}
