package orrery.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What a server answered.
public record Answer(String request, int status, byte[] bytes) {
    static final ObjectMapper JSON = new ObjectMapper();

    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// The body; a missing node when it is empty or no JSON.
    public JsonNode json() {
        return read(text());
    }

    static JsonNode read(String text) {
        try {
            var node = JSON.readTree(text);
            return node == null ? MissingNode.getInstance() : node;
        } catch (JsonProcessingException _) {
            return MissingNode.getInstance();
        }
    }

    /// The value at a path that every such answer has: `/data/id`.
    public String need(String pointer) {
        var value = json().at(pointer);
        if (value.isMissingNode() || value.isNull() || value.asText().isEmpty()) {
            throw new Refused("%s answered %d without %s: %s"
                    .formatted(request, status, pointer, brief()));
        }
        return value.asText();
    }

    /// This answer, if it is a good one.
    public Answer orRefuse() {
        if (status >= 400) {
            throw new Refused(status, "%s: %d %s".formatted(request, status, said()));
        }
        return this;
    }

    /// The server's own words, whichever of the three families speaks.
    private String said() {
        var json = json();
        var error = json.path("error");
        if (error.isObject()) {
            var fields = new ArrayList<String>();
            error.path("details").path("fields").properties()
                    .forEach(f -> fields.add(f.getKey() + ": " + f.getValue().asText()));
            return words(List.of(error.path("code").asText(), error.path("message").asText()),
                    fields);
        }
        if (error.isTextual()) {
            return words(List.of(error.asText()), List.of(json.path("details").asText("")));
        }
        return json.has("msg") ? json.path("msg").asText() : brief();
    }

    private static String words(List<String> first, List<String> more) {
        var rest = String.join("; ", more);
        return String.join(" ", first) + (rest.isBlank() ? "" : " (" + rest + ")");
    }

    private String brief() {
        var text = text().strip();
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }
}
