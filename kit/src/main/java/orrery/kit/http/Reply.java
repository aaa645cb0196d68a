package orrery.kit.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What goes onto the wire.
///
/// @param status HTTP status code
/// @param headers in the order they are sent
/// @param mediaType of the body; `null` without a body
/// @param body text or bytes as they are, or anything that [Json] can write
public record Reply(
        int status,
        Map<String, String> headers,
        @Nullable String mediaType,
        @Nullable Object body) {

    public Reply {
        headers = new LinkedHashMap<>(headers);
    }

    public static Reply json(int status, Object body) {
        return new Reply(status, Map.of(), "application/json", body);
    }

    public static Reply text(int status, String body) {
        return new Reply(status, Map.of(), "text/plain; charset=utf-8", body);
    }

    public static Reply empty(int status) {
        return new Reply(status, Map.of(), null, null);
    }

    /// The same reply with one more header.
    public Reply with(String header, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Reply(status, more, mediaType, body);
    }

    /// The body as it is sent. Text is UTF-8.
    public byte[] bytes() {
        return switch (body) {
            case null -> new byte[0];
            case byte[] bytes -> bytes;
            case String text when mediaType == null || !mediaType.startsWith("application/json") ->
                    text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            default -> Json.write(body);
        };
    }
}
