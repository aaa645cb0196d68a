package orrery.sim.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// What goes back: a whole body, or a stream that stays open.
sealed interface Answer {

    /// A whole answer.
    record Body(int code, String contentType, byte[] bytes, Map<String, String> headers)
            implements Answer {}

    /// A stream of watch events.
    record Events(Watch watch) implements Answer {}

    static Body json(int code, JsonNode node) {
        return json(code, Json.write(node));
    }

    static Body json(int code, byte[] bytes) {
        return new Body(code, "application/json", bytes, Map.of());
    }

    /// What was asked for will be done.
    static Body accepted() {
        return new Body(202, "application/json", new byte[0], Map.of());
    }

    static Body text(String text) {
        return new Body(200, "text/plain; charset=utf-8",
                text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /// What a path gets that is no resource's.
    static Body noSuchPage() {
        return new Body(404, "text/plain; charset=utf-8",
                "404 page not found\n".getBytes(StandardCharsets.UTF_8), Map.of());
    }

    static Body refusal(Refusal refusal) {
        Body body = json(refusal.code(), refusal.status());
        return switch (refusal.code()) {
            case 401 -> new Body(401, body.contentType(), body.bytes(),
                    Map.of("WWW-Authenticate", "Bearer"));
            case 429 -> new Body(429, body.contentType(), body.bytes(),
                    Map.of("Retry-After", "1"));
            default -> body;
        };
    }
}
