package orrery.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Server-sent events (WHATWG HTML, 9.2), followed across lost connections and killed servers.
public final class EventStream {
    private final Api api;
    private final String path;
    private @Nullable String lastId;

    public EventStream(Api api, String path) {
        this.api = api;
        this.path = path;
    }

    /// One event.
    ///
    /// @param name `message` when the server gave none
    public record Event(String name, String data) {
        public JsonNode json() {
            return Answer.read(data);
        }
    }

    /// Reads until `enough` says so. A stream that ends before is opened again behind its last
    /// event.
    ///
    /// @param outcome what is said when the limit comes first
    public void follow(Duration limit, Supplier<String> outcome, Predicate<Event> enough) {
        var end = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < end) {
            if (readOnce(end, enough)) {
                return;
            }
            Patience.pause();
        }
        throw new Refused(outcome.get() + " within " + limit.toSeconds() + " s");
    }

    private boolean readOnce(long end, Predicate<Event> enough) {
        var response = api.open(path, lastId);
        // A stream may be silent for ever: at the end of our time it is closed under the reader.
        var closing = CompletableFuture.runAsync(() -> close(response.body()),
                CompletableFuture.delayedExecutor(
                        end - System.nanoTime(), TimeUnit.NANOSECONDS));
        try (var lines = new BufferedReader(
                new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            refuse(response, lines);
            return read(lines, enough);
        } catch (IOException _) {
            // The server went away in the middle: go on where we were.
            return false;
        } finally {
            closing.cancel(false);
        }
    }

    private void refuse(HttpResponse<?> response, BufferedReader lines) {
        if (response.statusCode() >= 400) {
            var bytes = lines.lines().reduce("", String::concat).getBytes(StandardCharsets.UTF_8);
            new Answer("GET " + path, response.statusCode(), bytes).orRefuse();
        }
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException _) {
            // Closed is what it should be.
        }
    }

    private boolean read(BufferedReader lines, Predicate<Event> enough) throws IOException {
        var name = "message";
        var data = new StringBuilder();
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                if (!data.isEmpty() && enough.test(new Event(name, data.toString()))) {
                    return true;
                }
                name = "message";
                data.setLength(0);
            } else if (line.startsWith("event:")) {
                name = line.substring(6).strip();
            } else if (line.startsWith("data:")) {
                data.append(data.isEmpty() ? "" : "\n").append(line.substring(5).strip());
            } else if (line.startsWith("id:")) {
                lastId = line.substring(3).strip();
            }
        }
        return false;
    }
}
