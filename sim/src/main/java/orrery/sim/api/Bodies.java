package orrery.sim.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import orrery.sim.kind.ScalerVersions;
import orrery.sim.type.Json;
import orrery.sim.type.Protobuf;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;
import orrery.sim.type.Yaml;

/// Reads request bodies.
final class Bodies {
    private Bodies() {}

    /// JSON or YAML, by content type.
    ///
    /// @throws Refusal 400 when it cannot be read, 415 for another format
    static JsonNode any(Call call) {
        return switch (call.contentType()) {
            case "", "application/json", "*/*", "text/plain",
                    "application/json-patch+json", "application/merge-patch+json",
                    "application/strategic-merge-patch+json" -> Json.read(call.body());
            case "application/yaml", "application/apply-patch+yaml" -> Yaml.read(call.body());
            case Protobuf.MEDIA_TYPE -> Protobuf.read(call.body());
            default -> throw Refusal.plain(415, "UnsupportedMediaType",
                    "the body of the request was in an unknown format: \"" + call.contentType()
                            + "\"; send application/json or application/yaml");
        };
    }

    static ObjectNode object(Call call) {
        if (any(call) instanceof ObjectNode object) {
            return object;
        }
        throw Refusal.badRequest("the body must be one object");
    }

    /// An object of this type, checked against the path it was sent to.
    static ObjectNode object(Call call, Target target) {
        ObjectNode object = object(call);
        check(object, target.type());
        address(object, target);
        return ScalerVersions.differs(target.type()) ? ScalerVersions.stored(object) : object;
    }

    /// Sets the namespace and name that the path gives; refuses others.
    static void address(ObjectNode object, Target target) {
        ObjectNode metadata = metadata(object);
        String namespace = metadata.path("namespace").asText();
        if (target.type().namespaced()) {
            if (!namespace.isEmpty() && !namespace.equals(target.namespace())) {
                throw Refusal.badRequest("the namespace of the provided object does not match"
                        + " the namespace sent on the request");
            }
            metadata.put("namespace", target.namespace());
        }
        String name = metadata.path("name").asText();
        if (!target.name().isEmpty()) {
            if (!name.isEmpty() && !name.equals(target.name())) {
                throw Refusal.badRequest("the name of the object (%s) does not match the name"
                        .formatted(name) + " on the URL (" + target.name() + ")");
            }
            metadata.put("name", target.name());
        }
    }

    private static ObjectNode metadata(ObjectNode object) {
        JsonNode metadata = object.get("metadata");
        if (metadata == null || metadata.isNull()) {
            return object.putObject("metadata");
        }
        if (metadata instanceof ObjectNode found) {
            return found;
        }
        throw Refusal.badRequest("metadata must be an object");
    }

    private static void check(ObjectNode object, ResourceType type) {
        String apiVersion = object.path("apiVersion").asText(type.apiVersion());
        String kind = object.path("kind").asText(type.kind());
        if (!apiVersion.equals(type.apiVersion())) {
            throw Refusal.badRequest("the API version in the data (%s) does not match the"
                    .formatted(apiVersion) + " expected API version (" + type.apiVersion() + ")");
        }
        if (!kind.equals(type.kind())) {
            throw Refusal.badRequest("the kind in the data (%s) does not match the expected"
                    .formatted(kind) + " kind (" + type.kind() + ")");
        }
    }
}
