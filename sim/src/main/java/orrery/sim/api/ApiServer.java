package orrery.sim.api;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.PfxOptions;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import orrery.sim.fault.Outages;
import orrery.sim.identity.Keys;
import orrery.sim.identity.Tokens;
import orrery.sim.operator.Meter;
import orrery.sim.store.Region;

/// The API server of all clusters of a region: one HTTPS listener, HTTP/2 and HTTP/1.1, each
/// cluster below `/clusters/NAME`.
public final class ApiServer implements AutoCloseable {
    /// What clients may speak on a WebSocket: exec and attach, then port-forward, then watch.
    private static final List<String> SUBPROTOCOLS = List.of(
            "v5.channel.k8s.io", "v4.channel.k8s.io", "SPDY/3.1+portforward.k8s.io",
            "v4.base64.channel.k8s.io", "base64.channel.k8s.io", "channel.k8s.io");
    private static final int MAX_LINE = 16 << 10;
    private static final int MAX_HEADERS = 32 << 10;
    private static final int MAX_FRAME = 1 << 20;
    private static final long START_SECONDS = 20;

    private final Vertx vertx;
    private final HttpServer server;
    private final ExecutorService workers;

    private ApiServer(Vertx vertx, HttpServer server, ExecutorService workers) {
        this.vertx = vertx;
        this.server = server;
        this.workers = workers;
    }

    /// What is asked beside the store.
    ///
    /// @param meter   what pods use
    /// @param outages which clusters' API servers are away
    /// @param actions what is served beside the types' own paths
    public record Behind(
            PodStreams streams, Meter meter, Outages outages, List<Action> actions) {}

    /// Starts to listen.
    ///
    /// @param port 0 for any free one
    /// @throws IllegalStateException when the address cannot be had
    public static ApiServer start(Region region, Keys keys, Tokens tokens, Clock clock,
            Behind behind, String host, int port) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(4));
        ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
        Resources resources = new Resources();
        Router router = new Router(resources, new Subresources(resources, tokens, clock),
                new Reviews(tokens), new Streams(behind.streams()),
                new Metrics(behind.meter(), clock), behind.actions());
        Front front = new Front(vertx, region, tokens, router, behind.streams(), workers,
                clock, behind.outages());
        behind.outages().onLoss(front::cut);
        HttpServer server = vertx.createHttpServer(options(keys, host, port))
                .requestHandler(front::handle);
        try {
            server.listen().toCompletionStage().toCompletableFuture()
                    .get(START_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            vertx.close();
            workers.shutdownNow();
            throw new IllegalStateException("cannot listen on " + host + ":" + port + ": "
                    + (e.getCause() == null ? e : e.getCause()).getMessage(), e);
        }
        return new ApiServer(vertx, server, workers);
    }

    public int port() {
        return server.actualPort();
    }

    /// For a region without operators: every stream is refused.
    public static PodStreams withoutContainers() {
        return Streams.none();
    }

    private static HttpServerOptions options(Keys keys, String host, int port) {
        return new HttpServerOptions()
                .setHost(host)
                .setPort(port)
                .setSsl(true)
                .setUseAlpn(true)
                .setSslEngineOptions(new JdkSSLEngineOptions())
                .setKeyCertOptions(new PfxOptions()
                        .setValue(Buffer.buffer(keys.serverStore()))
                        .setPassword(keys.storePassword()))
                .setMaxInitialLineLength(MAX_LINE)
                .setMaxHeaderSize(MAX_HEADERS)
                .setMaxWebSocketFrameSize(MAX_FRAME)
                .setMaxWebSocketMessageSize(MAX_FRAME)
                .setWebSocketSubProtocols(SUBPROTOCOLS)
                .setCompressionSupported(false);
    }

    @Override
    public void close() {
        server.close();
        workers.shutdownNow();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
