package orrery.kit.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One HTTP request to an API server.
///
/// @param path from the root of the API, already escaped
/// @param body JSON, or `null`
record KubeCall(
        String method,
        String path,
        Map<String, String> query,
        @Nullable String contentType,
        @Nullable String body) {

    static KubeCall get(String path) {
        return new KubeCall("GET", path, Map.of(), null, null);
    }

    static KubeCall post(String path, JsonNode body) {
        return new KubeCall("POST", path, Map.of(), "application/json", body.toString());
    }

    /// An action: what it needs stands in the path.
    static KubeCall put(String path) {
        return new KubeCall("PUT", path, Map.of(), "application/json", "{}");
    }

    static KubeCall delete(String path, JsonNode options) {
        return new KubeCall("DELETE", path, Map.of(), "application/json", options.toString());
    }

    /// Server-side apply. JSON is YAML, so the one content type fits.
    static KubeCall apply(String path, JsonNode object) {
        return new KubeCall("PATCH", path, Map.of(), "application/apply-patch+yaml",
                object.toString());
    }

    /// JSON patch (RFC 6902).
    static KubeCall patch(String path, JsonNode operations) {
        return new KubeCall("PATCH", path, Map.of(), "application/json-patch+json",
                operations.toString());
    }

    KubeCall with(String name, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return this;
        }
        var more = new LinkedHashMap<>(query);
        more.put(name, value);
        return new KubeCall(method, path, more, contentType, body);
    }

    String target() {
        var text = new StringBuilder(path);
        char separator = '?';
        for (var entry : query.entrySet()) {
            text.append(separator).append(entry.getKey()).append('=')
                    .append(Kind.escape(entry.getValue()));
            separator = '&';
        }
        return text.toString();
    }

    byte[] bytes() {
        return body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
    }
}
