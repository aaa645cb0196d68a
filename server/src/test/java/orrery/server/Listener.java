package orrery.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import orrery.kit.http.Json;
import org.jspecify.annotations.Nullable;

/// Somebody who listens to a stream of server-sent events (HTML living standard 9.2).
public final class Listener implements AutoCloseable {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int PATIENCE_SECONDS = 120;
    private static final Heard END = new Heard(null, "end of stream", Json.shared().nullNode());

    private final HttpResponse<InputStream> answer;
    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();

    /// @param id empty for an event that is no place to go on from
    /// @param name the event's type; `comment` for a line that keeps the stream alive
    public record Heard(@Nullable String id, String name, JsonNode data) {}

    private Listener(HttpResponse<InputStream> answer) {
        this.answer = answer;
        Thread.ofVirtual().start(this::read);
    }

    /// @param lastEventId of the event to go on after; `null` for none
    public static Listener to(Visitor visitor, String path, @Nullable String lastEventId) {
        var request = HttpRequest.newBuilder(visitor.server().resolve(path))
                .header("Accept", "text/event-stream");
        visitor.headers().forEach(request::header);
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        try {
            return new Listener(CLIENT.send(
                    request.build(), HttpResponse.BodyHandlers.ofInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public int status() {
        return answer.statusCode();
    }

    public @Nullable String header(String name) {
        return answer.headers().firstValue(name).orElse(null);
    }

    /// The next event; comments are left out.
    public Heard next() {
        var next = any();
        return next.name().equals("comment") ? next() : next;
    }

    /// Waits for a line that keeps the stream alive.
    public void awaitBeat() {
        if (!any().name().equals("comment")) {
            awaitBeat();
        }
    }

    /// All that comes until the server ends the stream.
    public List<Heard> rest() {
        var rest = new ArrayList<Heard>();
        for (var next = next(); next != END; next = next()) {
            rest.add(next);
        }
        return rest;
    }

    private Heard any() {
        try {
            var next = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing came for " + PATIENCE_SECONDS + " s");
            }
            return next;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (var lines = new BufferedReader(
                new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            String id = null;
            String name = "message";
            var data = new StringBuilder();
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(":")) {
                    heard.add(new Heard(null, "comment", Json.shared().nullNode()));
                } else if (line.startsWith("id:")) {
                    id = line.substring(3).strip();
                } else if (line.startsWith("event:")) {
                    name = line.substring(6).strip();
                } else if (line.startsWith("data:")) {
                    data.append(line.substring(5).strip());
                } else if (line.isEmpty() && !data.isEmpty()) {
                    heard.add(new Heard(id, name, Json.shared().readTree(data.toString())));
                    id = null;
                    name = "message";
                    data.setLength(0);
                }
            }
        } catch (IOException closed) {
            // By us, or by a server that is gone: no more will come.
        }
        heard.add(END);
    }

    @Override
    public void close() {
        try {
            answer.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
