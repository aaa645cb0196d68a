package orrery.kit.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import orrery.kit.yaml.Yaml;
import orrery.kit.yaml.YamlLimits;
import orrery.kit.yaml.YamlNode;

/// Manifests as trees.
public final class Trees {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Trees() {}

    /// One YAML manifest.
    ///
    /// @throws orrery.kit.yaml.YamlRefusal when it is not acceptable YAML
    /// @throws IllegalArgumentException when it is no mapping
    public static ObjectNode read(String manifest) {
        if (of(Yaml.read(manifest, YamlLimits.HAND_WRITTEN)) instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException("a manifest must be a mapping");
    }

    /// A YAML value as JSON.
    public static JsonNode of(YamlNode node) {
        return switch (node) {
            case YamlNode.Mapping mapping -> {
                var object = NODES.objectNode();
                mapping.entries().forEach((key, entry) -> object.set(key, of(entry.value())));
                yield object;
            }
            case YamlNode.Sequence sequence -> {
                var array = NODES.arrayNode();
                sequence.items().forEach(item -> array.add(of(item)));
                yield array;
            }
            case YamlNode.Scalar scalar -> switch (scalar.value()) {
                case null -> NODES.nullNode();
                case Boolean truth -> NODES.booleanNode(truth);
                case Long number -> NODES.numberNode(number);
                case BigInteger number -> NODES.numberNode(number);
                case Double number -> NODES.numberNode(number);
                case Object text -> NODES.textNode(text.toString());
            };
        };
    }
}
