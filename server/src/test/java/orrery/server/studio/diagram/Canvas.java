package orrery.server.studio.diagram;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A diagram in the making, for tests: data is JSON with single quotes and bare names.
final class Canvas {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES, JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .build();

    private final List<Node> nodes = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    Canvas node(String id, String type, String data) {
        nodes.add(new Node(id, type, new Position(0, 0), (ObjectNode) json(data)));
        return this;
    }

    Canvas edge(String source, String target) {
        edges.add(Edge.between(source + ">" + target, source, target));
        return this;
    }

    Canvas edge(String source, String handle, String target) {
        edges.add(new Edge(source + ">" + target, source, target, handle, null, null));
        return this;
    }

    Drawing diagram() {
        return new Drawing(nodes, edges);
    }

    Draft draft() {
        return Manifests.draft(diagram(), RunInput.of("dia"));
    }

    Draft draft(Map<String, Map<String, String>> secrets,
            Map<String, Map<String, String>> environment) {
        return Manifests.draft(diagram(),
                new RunInput("dia", ApiVersions.CURRENT, secrets, environment));
    }

    /// The only object of `kind`; the draft must be without mistakes.
    JsonNode object(String kind) {
        return draft().orRefuse().manifests().stream()
                .filter(m -> m.kind().equals(kind)).map(Manifest::object)
                .reduce((a, b) -> {
                    throw new AssertionError("more than one " + kind);
                }).orElseThrow();
    }

    /// Mistakes as `node.field: message`.
    List<String> mistakes() {
        return draft().mistakes().stream()
                .map(m -> "%s.%s: %s".formatted(m.node(), m.field(), m.message())).toList();
    }
}
