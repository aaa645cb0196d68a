package orrery.sim.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.sim.type.Definitions;
import orrery.sim.type.Json;
import orrery.sim.type.ResourceType;
import orrery.sim.type.Types;

/// The types as OpenAPI documents: v3 one per group and version, v2 all in one.
final class OpenApi {
    private static final String V3_PREFIX = "#/components/schemas/";
    private static final String V2_PREFIX = "#/definitions/";
    private static final List<String> WRITE_PARAMETERS =
            List.of("dryRun", "fieldManager", "fieldValidation", "force");

    private OpenApi() {}

    static Answer answer(Call call) {
        Types types = call.cluster().types();
        List<String> path = call.path();
        if (path.equals(List.of("openapi", "v2"))) {
            return Answer.json(200, v2(types));
        }
        if (path.size() < 2 || !path.get(1).equals("v3")) {
            throw Target.unknown();
        }
        if (path.size() == 2) {
            return Answer.json(200, index(call));
        }
        boolean core = path.get(2).equals("api");
        String apiVersion = String.join("/", path.subList(3, path.size()));
        List<ResourceType> members = types.all().stream()
                .filter(type -> type.apiVersion().equals(apiVersion))
                .filter(type -> type.group().isEmpty() == core).toList();
        if (members.isEmpty()) {
            throw Target.unknown();
        }
        Answer.Body body = Answer.json(200, v3(members));
        return new Answer.Body(200, body.contentType(), body.bytes(),
                Map.of("Etag", '"' + hash(members) + '"'));
    }

    private static ObjectNode index(Call call) {
        Map<String, List<ResourceType>> versions = new java.util.LinkedHashMap<>();
        for (ResourceType type : call.cluster().types().all()) {
            versions.computeIfAbsent(
                    (type.group().isEmpty() ? "api/" : "apis/") + type.apiVersion(),
                    v -> new java.util.ArrayList<>()).add(type);
        }
        ObjectNode index = Json.object();
        ObjectNode paths = index.putObject("paths");
        versions.forEach((version, members) -> paths.putObject(version).put("serverRelativeURL",
                "/clusters/" + call.cluster().name() + "/openapi/v3/" + version
                        + "?hash=" + hash(members)));
        return index;
    }

    /// Changes when the document does, so that clients may keep it.
    private static String hash(List<ResourceType> types) {
        int hash = 7;
        for (ResourceType type : types) {
            hash = 31 * hash + type.schema().raw().hashCode();
        }
        return Integer.toHexString(hash);
    }

    private static ObjectNode v3(List<ResourceType> types) {
        ObjectNode document = Json.object().put("openapi", "3.0.0");
        document.putObject("info").put("title", "Kubernetes").put("version", "v1.32.0");
        ObjectNode paths = document.putObject("paths");
        ObjectNode schemas = document.putObject("components").putObject("schemas");
        for (ResourceType type : types) {
            String name = define(type, schemas);
            paths(paths, type, V3_PREFIX + name);
        }
        return document;
    }

    private static ObjectNode v2(Types types) {
        ObjectNode document = Json.object().put("swagger", "2.0");
        document.putObject("info").put("title", "Kubernetes").put("version", "v1.32.0");
        ObjectNode schemas = Json.object();
        ObjectNode paths = document.putObject("paths");
        for (ResourceType type : types.all()) {
            paths(paths, type, V2_PREFIX + define(type, schemas));
        }
        String text = schemas.toString().replace(V3_PREFIX, V2_PREFIX);
        document.set("definitions",
                Json.readObject(text.getBytes(StandardCharsets.UTF_8)));
        return document;
    }

    /// Adds the type's schema and all that it refers to.
    ///
    /// @return the name that it has there
    private static String define(ResourceType type, ObjectNode schemas) {
        Deque<String> open = new ArrayDeque<>();
        Set<String> seen = new LinkedHashSet<>();
        String name = Definitions.name(type.group(), type.version(), type.kind());
        if (type.custom()) {
            name = customName(type);
            ObjectNode raw = type.schema().raw().deepCopy();
            kind(raw.putArray("x-kubernetes-group-version-kind").addObject(), type);
            schemas.set(name, raw);
            references(raw, open);
        } else {
            open.add(name);
        }
        while (!open.isEmpty()) {
            String next = open.poll();
            if (seen.add(next) && !schemas.has(next)) {
                Definitions.raw(next).ifPresent(raw -> {
                    schemas.set(next, raw);
                    references(raw, open);
                });
            }
        }
        return name;
    }

    /// As Kubernetes names them: the group reversed, then version and kind.
    private static String customName(ResourceType type) {
        List<String> parts = new java.util.ArrayList<>(List.of(type.group().split("\\.")));
        java.util.Collections.reverse(parts);
        return String.join(".", parts) + "." + type.version() + "." + type.kind();
    }

    private static void references(JsonNode node, Deque<String> into) {
        // A schema of schemas has a property of that name, which is no reference.
        node.findValues("$ref").stream().filter(JsonNode::isTextual)
                .forEach(ref -> into.add(ref.asText().substring(V3_PREFIX.length())));
    }

    private static void paths(ObjectNode paths, ResourceType type, String ref) {
        String base = (type.group().isEmpty() ? "/api/" : "/apis/") + type.apiVersion()
                + (type.namespaced() ? "/namespaces/{namespace}/" : "/") + type.plural();
        ObjectNode collection = paths.putObject(base);
        operation(collection, "get", "list", type, ref);
        operation(collection, "post", "post", type, ref);
        ObjectNode one = paths.putObject(base + "/{name}");
        operation(one, "get", "get", type, ref);
        operation(one, "put", "put", type, ref);
        operation(one, "patch", "patch", type, ref);
        operation(one, "delete", "delete", type, ref);
    }

    private static void operation(
            ObjectNode path, String method, String action, ResourceType type, String ref) {
        ObjectNode operation = path.putObject(method);
        operation.put("x-kubernetes-action", action);
        kind(operation.putObject("x-kubernetes-group-version-kind"), type);
        ArrayNode parameters = operation.putArray("parameters");
        if (!method.equals("get")) {
            for (String parameter : WRITE_PARAMETERS) {
                parameters.addObject().put("name", parameter).put("in", "query")
                        .putObject("schema").put("type", "string");
            }
        }
        operation.putObject("responses").putObject("200").put("description", "OK")
                .putObject("content").putObject("application/json").putObject("schema")
                .put("$ref", ref);
    }

    private static void kind(ObjectNode node, ResourceType type) {
        node.put("group", type.group()).put("version", type.version()).put("kind", type.kind());
    }
}
