package orrery.cli.demo;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import orrery.cli.Api;
import orrery.cli.Refused;
import org.jspecify.annotations.Nullable;

/// A terminal in a workspace: WebSocket, subprotocol `cloudshell-v1`.
final class Shell implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /// The connection ended before the answer came; another may get it.
    static final class Lost extends Exception {
        Lost(String message) {
            super(message);
        }
    }

    /// What arrives: printed text, or `null` when the connection is over.
    private record Arrival(@Nullable String text, String cause) {}

    private final LinkedBlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private @Nullable WebSocket socket;

    private Shell() {}

    static Shell open(Api api, String path) throws Lost {
        var base = api.base().resolve(path).toString();
        var shell = new Shell();
        try {
            shell.socket = api.http().newWebSocketBuilder()
                    .connectTimeout(TIMEOUT)
                    .header("Authorization", "Bearer " + api.token())
                    .subprotocols("cloudshell-v1")
                    .buildAsync(URI.create("ws" + base.substring("http".length())),
                            shell.new Reader())
                    .orTimeout(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                    .join();
            return shell;
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                int status = refused.getResponse().statusCode();
                throw new Refused(status, "GET %s: %d %s".formatted(
                        path, status, refused.getResponse().body()));
            }
            throw new Lost("no WebSocket at " + path + ": " + e.getCause());
        }
    }

    /// Types a line and reads until `wanted` was printed.
    ///
    /// @return `wanted`
    String ask(String line, String wanted) throws Lost {
        if (socket != null) {
            socket.sendBinary(ByteBuffer.wrap(Frames.input(line + "\n")), true);
        }
        var printed = new StringBuilder();
        while (printed.indexOf(wanted) < 0) {
            var arrival = next(printed);
            if (arrival.text() == null) {
                throw new Lost(arrival.cause());
            }
            printed.append(arrival.text());
        }
        return wanted;
    }

    private Arrival next(CharSequence printed) {
        try {
            var arrival = arrivals.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            if (arrival == null) {
                throw new Refused("the shell printed no answer within " + TIMEOUT.toSeconds()
                        + " s, only: " + printed);
            }
            return arrival;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Refused("stopped");
        }
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").orTimeout(2, TimeUnit.SECONDS)
                    .exceptionally(_ -> socket).join().abort();
        }
    }

    private final class Reader implements WebSocket.Listener {
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            var part = new byte[data.remaining()];
            data.get(part);
            message.writeBytes(part);
            if (last) {
                var frame = Frames.read(message.toByteArray());
                message.reset();
                arrivals.add(frame.isError()
                        ? new Arrival(null, "the terminal failed: " + frame.text())
                        : new Arrival(frame.text(), ""));
            }
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            arrivals.add(new Arrival(null, "the WebSocket was closed: " + code + " " + reason));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            arrivals.add(new Arrival(null, "the WebSocket broke: " + error));
        }
    }
}
