package orrery.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A server's API families. Every change carries an idempotency key, so a request whose answer was
/// lost with a killed server is sent again and still happens once.
public final class Api {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final HttpClient http;
    private final URI base;
    private final @Nullable String token;
    private final Supplier<UUID> keys;
    private final Duration patience;

    private Api(HttpClient http, URI base, @Nullable String token, Supplier<UUID> keys,
            Duration patience) {
        this.http = http;
        this.base = base;
        this.token = token;
        this.keys = keys;
        this.patience = patience;
    }

    /// @param base `http://127.0.0.1:8080`
    /// @param keys makes idempotency keys
    /// @param patience how long a server may be away
    public static Api at(URI base, Supplier<UUID> keys, Duration patience) {
        var http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        return new Api(http, base, null, keys, patience);
    }

    /// The same server, called by the holder of `token`.
    public Api as(String token) {
        return new Api(http, base, token, keys, patience);
    }

    public URI base() {
        return base;
    }

    public HttpClient http() {
        return http;
    }

    public @Nullable String token() {
        return token;
    }

    public Answer get(String path) {
        return ask(path).orRefuse();
    }

    /// Like [#get], but a refusal is an answer too.
    public Answer ask(String path) {
        return send("GET", path, request(path).GET());
    }

    public Answer post(String path, Object body) {
        return json("POST", path, body).orRefuse();
    }

    /// Like [#post], but a refusal is an answer too.
    public Answer tryPost(String path, Object body) {
        return json("POST", path, body);
    }

    public Answer put(String path, Object body) {
        return json("PUT", path, body).orRefuse();
    }

    public Answer delete(String path) {
        return tryDelete(path).orRefuse();
    }

    /// Like [#delete], but a refusal is an answer too.
    public Answer tryDelete(String path) {
        return send("DELETE", path, request(path).DELETE());
    }

    /// Sends raw bytes of `type`.
    public Answer upload(String method, String path, String type, byte[] bytes) {
        return send(method, path, request(path)
                .header("Content-Type", type)
                .method(method, BodyPublishers.ofByteArray(bytes))).orRefuse();
    }

    private Answer json(String method, String path, Object body) {
        try {
            var text = Answer.JSON.writeValueAsString(body);
            return send(method, path, request(path)
                    .header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(text)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON: " + body, e);
        }
    }

    private Answer send(String method, String path, HttpRequest.Builder request) {
        if (!method.equals("GET")) {
            request.header("Idempotency-Key", keys.get().toString());
        }
        var response = persist(request.timeout(TIMEOUT).build(), BodyHandlers.ofByteArray());
        return new Answer(method + " " + path, response.statusCode(), response.body());
    }

    /// Opens a stream of server-sent events.
    ///
    /// @param lastId of the last event that was seen, to go on behind it
    HttpResponse<InputStream> open(String path, @Nullable String lastId) {
        var request = request(path).header("Accept", "text/event-stream");
        if (lastId != null) {
            request.header("Last-Event-ID", lastId);
        }
        return persist(request.build(), BodyHandlers.ofInputStream());
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(base.resolve(path));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    /// Sends again while nobody answers: a server that was killed is started again by somebody.
    private <T> HttpResponse<T> persist(HttpRequest request, HttpResponse.BodyHandler<T> body) {
        var end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return http.send(request, body);
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw new Refused("%s does not answer (%s). Start it with ./run"
                            .formatted(base, e.getClass().getSimpleName()));
                }
                Patience.pause();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new Refused("stopped");
            }
        }
    }
}
