package orrery.sim.type;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The schemas of the built-in types, one file per definition, read when first asked for.
public final class Definitions {
    private static final String PREFIX = "#/components/schemas/";
    private static final String API = "io.k8s.api.";
    private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

    private Definitions() {}

    /// The definition's name, for example `io.k8s.api.apps.v1.Deployment`.
    public static String name(String group, String version, String kind) {
        String place = switch (group) {
            case "" -> API + "core";
            case "apiextensions.k8s.io" ->
                    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions";
            case "apiregistration.k8s.io" -> "io.k8s.kube-aggregator.pkg.apis.apiregistration";
            case "meta.k8s.io" -> "io.k8s.apimachinery.pkg.apis.meta";
            default -> API + group.substring(0, (group + ".").indexOf('.'));
        };
        return place + "." + version + "." + kind;
    }

    /// The schema with descriptions left out; an open one when there is no such definition.
    static Schema schema(String name) {
        Schema known = SCHEMAS.get(name);
        if (known != null) {
            return known;
        }
        Schema made = raw(name).map(raw -> {
            raw.remove("description");
            raw.path("properties").forEach(p -> ((ObjectNode) p).remove("description"));
            return new Schema(name, raw, false);
        }).orElse(Schema.OPEN);
        Schema raced = SCHEMAS.putIfAbsent(name, made);
        return raced == null ? made : raced;
    }

    static Schema reference(String ref) {
        return schema(ref.substring(PREFIX.length()));
    }

    /// The definition as published, with our additions, for OpenAPI documents.
    public static Optional<ObjectNode> raw(String name) {
        try (InputStream in = Definitions.class.getResourceAsStream("schemas/" + name + ".json")) {
            if (in == null) {
                return Optional.empty();
            }
            ObjectNode raw = Json.readObject(in.readAllBytes());
            JsonNode more = Additions.ALL.path(name);
            if (!more.isMissingNode()) {
                ((ObjectNode) raw.path("properties")).setAll((ObjectNode) more.deepCopy());
            }
            return Optional.of(raw);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Fields that Kubernetes gained after the published schemas were made.
    private static final class Additions {
        static final JsonNode ALL = Json.readObject(
                BuiltIns.text("schema-additions.json").getBytes(
                        java.nio.charset.StandardCharsets.UTF_8));
    }
}
