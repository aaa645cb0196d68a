package orrery.sim.type;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NumericNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;

/// JSON as this server reads and writes it: bounded in depth and size, and compared by value.
public final class Json {
    /// Nesting that a request body may have. The deepest built-in object has about 20 levels;
    /// a CRD schema about 60.
    public static final int MAX_DEPTH = 256;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(64)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .nodeFactory(new Finite())
            .build();

    /// No number is beyond what a double can hold: infinity is not JSON.
    private static final class Finite extends JsonNodeFactory {
        private static final long serialVersionUID = 1;

        @Override
        public NumericNode numberNode(double value) {
            if (!Double.isFinite(value)) {
                throw Refusal.badRequest("the body has a number that is out of range");
            }
            return super.numberNode(value);
        }
    }

    /// 1 and 1L and 1.0 are one number in Kubernetes' eyes; Jackson gives them three classes.
    private static final Comparator<JsonNode> BY_VALUE = (a, b) -> {
        if (a instanceof NumericNode && b instanceof NumericNode) {
            return a.decimalValue().compareTo(b.decimalValue());
        }
        return a.equals(b) ? 0 : 1;
    };

    private Json() {}

    /// The mapper, for streaming reads and writes.
    public static ObjectMapper mapper() {
        return MAPPER;
    }

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /// Reads one document.
    ///
    /// @throws Refusal 400 when it is not JSON, nests too deep or repeats a key
    public static JsonNode read(byte[] json) {
        try {
            JsonNode node = MAPPER.readTree(json);
            if (node == null || node.isMissingNode()) {
                throw Refusal.badRequest("the body is empty; send one JSON object");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw Refusal.badRequest("the body is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads one object that this server wrote itself.
    public static ObjectNode readObject(byte[] json) {
        return (ObjectNode) read(json);
    }

    public static byte[] write(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A copy of an object; an empty one of what is none.
    public static ObjectNode copy(JsonNode node) {
        return node instanceof ObjectNode object ? object.deepCopy() : object();
    }

    /// Whether two trees say the same; absent nodes equal absent nodes only.
    public static boolean same(JsonNode a, JsonNode b) {
        return a == null || b == null ? a == b : a.equals(BY_VALUE, b);
    }

    /// The object at a field, made when it is absent or not an object.
    public static ObjectNode child(ObjectNode parent, String field) {
        return parent.get(field) instanceof ObjectNode found ? found : parent.putObject(field);
    }
}
