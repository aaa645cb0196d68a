package orrery.server.surface;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import orrery.kit.http.Json;
import orrery.kit.http.Surface;

/// HTTP as bytes on a socket, for requests that no client library would send.
final class Wire {
    /// @param headers by name in lower case
    record Received(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        JsonNode json() {
            try {
                return Json.shared().readTree(body);
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + body, e);
            }
        }
    }

    private final URI server;

    Wire(URI server) {
        this.server = server;
    }

    /// What comes back for these bytes, on a connection of its own.
    Received send(String request) throws IOException {
        return send(request, false);
    }

    /// As [#send], by a client that says no more: a server that waits for the rest hangs up then.
    Received sendAndStop(String request) throws IOException {
        return send(request, true);
    }

    private Received send(String request, boolean stop) throws IOException {
        try (var socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            if (stop) {
                socket.shutdownOutput();
            }
            return read(socket);
        }
    }

    /// A request that is in order but for what the caller makes of it.
    Received send(String method, String path, Map<String, String> headers, String body)
            throws IOException {
        var all = new HashMap<>(Map.of("Host", "localhost", "Connection", "close"));
        all.putAll(headers);
        var text = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        all.forEach((name, value) ->
                text.append(name).append(": ").append(value).append("\r\n"));
        if (!body.isEmpty() && !all.containsKey("Content-Length")) {
            text.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return send(text.append("\r\n").append(body).toString());
    }

    private static Received read(Socket socket) throws IOException {
        var in = socket.getInputStream();
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            var next = in.read();
            if (next < 0) {
                return new Received(0, Map.of(), "");
            }
            head.write(next);
        }
        var lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n");
        var headers = new HashMap<String, String>();
        for (int i = 1; i < lines.length; i++) {
            var parts = lines[i].split(":", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
        }
        var length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        var body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        return new Received(Integer.parseInt(lines[0].split(" ")[1]), headers, body);
    }

    /// Asserts that a refusal looks as its family's do.
    static void assertRefusal(Class<? extends Surface> surface, int status, Received answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("X-Request-Id"))
                .matches("req_[a-z0-9]+(-[a-z0-9]+)*-\\d{13}-[0-9a-f]{12}");
        if (surface == Plain.class) {
            assertThat(answer.header("Content-Type")).startsWith("text/plain");
            assertThat(answer.body()).isNotBlank();
            return;
        }
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        var body = answer.json();
        if (surface == Cloud.class) {
            assertThat(body.at("/success").booleanValue()).isFalse();
            assertThat(body.has("success")).isTrue();
            assertThat(body.has("data")).isFalse();
            assertThat(body.at("/error/code").textValue()).matches("[A-Z_]+");
            assertThat(body.at("/error/message").textValue()).isNotBlank();
            assertThat(body.at("/meta/requestId").textValue())
                    .isEqualTo(answer.header("X-Request-Id"));
            assertThat(body.at("/meta/timestamp").textValue()).endsWith("Z");
        } else if (surface == Studio.class) {
            assertThat(body.size()).isEqualTo(1);
            assertThat(body.at("/error").textValue()).isNotBlank();
        } else if (surface == Workspace.class) {
            assertThat(body.size()).isEqualTo(2);
            assertThat(body.at("/status").intValue()).isEqualTo(status);
            assertThat(body.at("/msg").textValue()).isNotBlank();
        } else if (surface == OAuth.class) {
            assertThat(body.at("/error").textValue()).matches("[a-z_]+");
            assertThat(body.at("/error_description").textValue()).isNotBlank();
        } else {
            throw new AssertionError("no format known for " + surface);
        }
    }
}
