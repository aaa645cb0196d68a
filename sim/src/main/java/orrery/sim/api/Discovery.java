package orrery.sim.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import orrery.sim.type.Json;
import orrery.sim.type.ResourceType;
import orrery.sim.type.Types;

/// Tells which groups, versions and types there are (meta/v1 APIGroupList, APIResourceList and
/// the aggregated form, apidiscovery.k8s.io/v2).
final class Discovery {
    private static final Set<String> REVIEWS = Set.of("bindings", "selfsubjectreviews",
            "tokenreviews", "localsubjectaccessreviews", "selfsubjectaccessreviews",
            "selfsubjectrulesreviews", "subjectaccessreviews");
    private static final List<String> ALL_VERBS = List.of("create", "delete",
            "deletecollection", "get", "list", "patch", "update", "watch");

    private Discovery() {}

    static Answer answer(Call call) {
        Types types = call.cluster().types();
        boolean aggregated = call.header("Accept").contains("as=APIGroupDiscoveryList")
                && call.header("Accept").contains("v=v2;");
        List<String> path = call.path();
        return switch (path.size()) {
            case 0 -> paths(types);
            case 1 -> aggregated ? aggregated(types, path.getFirst().equals("api"))
                    : path.getFirst().equals("api") ? versions() : groups(types);
            case 2 -> path.getFirst().equals("api")
                    ? resources(types, path.get(1)) : group(types, path.get(1));
            case 3 -> resources(types, path.get(1) + "/" + path.get(2));
            default -> Answer.noSuchPage();
        };
    }

    static Answer version() {
        ObjectNode version = Json.object();
        version.put("major", "1").put("minor", "32").put("gitVersion", "v1.32.0+orrery-sim");
        version.put("gitCommit", "simulated").put("gitTreeState", "clean");
        version.put("buildDate", "2025-01-01T00:00:00Z").put("goVersion", "none");
        version.put("compiler", "javac").put("platform", "linux/amd64");
        return Answer.json(200, version);
    }

    private static Answer paths(Types types) {
        Set<String> paths = new TreeSet<>(Set.of("/api", "/api/v1", "/apis", "/healthz",
                "/livez", "/readyz", "/openapi/v2", "/openapi/v3", "/version"));
        for (ResourceType type : types.all()) {
            if (!type.group().isEmpty()) {
                paths.add("/apis/" + type.group());
                paths.add("/apis/" + type.apiVersion());
            }
        }
        ObjectNode root = Json.object();
        ArrayNode list = root.putArray("paths");
        paths.forEach(list::add);
        return Answer.json(200, root);
    }

    private static Answer versions() {
        ObjectNode versions = Json.object().put("kind", "APIVersions");
        versions.putArray("versions").add("v1");
        versions.putArray("serverAddressByClientCIDRs");
        return Answer.json(200, versions);
    }

    private static Answer groups(Types types) {
        ObjectNode list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        byGroup(types).forEach((group, all) -> {
            if (!group.isEmpty()) {
                groups.add(describe(group, all.keySet()));
            }
        });
        return Answer.json(200, list);
    }

    private static Answer group(Types types, String name) {
        Map<String, List<ResourceType>> versions = byGroup(types).get(name);
        if (versions == null || name.isEmpty()) {
            throw Target.unknown();
        }
        return Answer.json(200, describe(name, versions.keySet())
                .put("kind", "APIGroup").put("apiVersion", "v1"));
    }

    private static ObjectNode describe(String group, Set<String> versions) {
        ObjectNode node = Json.object().put("name", group);
        ArrayNode list = node.putArray("versions");
        for (String version : versions) {
            list.addObject().put("groupVersion", group + "/" + version).put("version", version);
        }
        node.set("preferredVersion", list.get(0).deepCopy());
        return node;
    }

    private static Answer resources(Types types, String apiVersion) {
        ObjectNode list = Json.object().put("kind", "APIResourceList").put("apiVersion", "v1");
        list.put("groupVersion", apiVersion);
        ArrayNode resources = list.putArray("resources");
        for (ResourceType type : types.all()) {
            if (type.apiVersion().equals(apiVersion)) {
                resource(resources.addObject(), type);
                new TreeSet<>(type.subresources()).forEach(
                        sub -> subresource(resources.addObject(), type, sub));
            }
        }
        if (resources.isEmpty()) {
            throw Target.unknown();
        }
        return Answer.json(200, list);
    }

    private static void resource(ObjectNode node, ResourceType type) {
        node.put("name", type.plural()).put("singularName", type.singular());
        node.put("namespaced", type.namespaced()).put("kind", type.kind());
        words(node, "verbs", verbs(type));
        words(node, "shortNames", type.shortNames());
        words(node, "categories", type.categories());
    }

    private static void subresource(ObjectNode node, ResourceType type, String subresource) {
        node.put("name", type.plural() + "/" + subresource).put("singularName", "");
        node.put("namespaced", type.namespaced());
        kind(node, type, subresource);
        words(node, "verbs", verbs(subresource));
    }

    private static void kind(ObjectNode node, ResourceType type, String subresource) {
        switch (subresource) {
            case "scale" -> node.put("group", "autoscaling").put("version", "v1")
                    .put("kind", "Scale");
            case "eviction" -> node.put("group", "policy").put("version", "v1")
                    .put("kind", "Eviction");
            case "token" -> node.put("group", "authentication.k8s.io").put("version", "v1")
                    .put("kind", "TokenRequest");
            case "binding" -> node.put("kind", "Binding");
            case "exec" -> node.put("kind", "PodExecOptions");
            case "attach" -> node.put("kind", "PodAttachOptions");
            case "portforward" -> node.put("kind", "PodPortForwardOptions");
            default -> node.put("kind", type.kind());
        }
    }

    private static List<String> verbs(ResourceType type) {
        return REVIEWS.contains(type.plural()) ? List.of("create")
                : type.plural().equals("componentstatuses") || Metrics.isMetric(type)
                        ? List.of("get", "list") : ALL_VERBS;
    }

    private static List<String> verbs(String subresource) {
        return switch (subresource) {
            case "eviction", "token", "binding" -> List.of("create");
            case "exec", "attach", "portforward" -> List.of("create", "get");
            case "log" -> List.of("get");
            case "finalize" -> List.of("update");
            default -> List.of("get", "patch", "update");
        };
    }

    /// All of one kind of path in one answer, which saves clients a request per group.
    private static Answer aggregated(Types types, boolean core) {
        ObjectNode list = Json.object().put("kind", "APIGroupDiscoveryList");
        list.put("apiVersion", "apidiscovery.k8s.io/v2").putObject("metadata");
        ArrayNode items = list.putArray("items");
        byGroup(types).forEach((group, versions) -> {
            if (group.isEmpty() == core) {
                ObjectNode item = items.addObject();
                ObjectNode metadata = item.putObject("metadata");
                if (!core) {
                    metadata.put("name", group);
                }
                ArrayNode all = item.putArray("versions");
                versions.forEach((version, members) -> version(all, version, members));
            }
        });
        return new Answer.Body(200,
                "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
                Json.write(list), Map.of());
    }

    private static void version(ArrayNode versions, String version, List<ResourceType> types) {
        ObjectNode one = versions.addObject().put("version", version);
        ArrayNode resources = one.putArray("resources");
        for (ResourceType type : types) {
            ObjectNode node = resources.addObject().put("resource", type.plural());
            node.putObject("responseKind").put("group", type.group())
                    .put("version", type.version()).put("kind", type.kind());
            node.put("scope", type.namespaced() ? "Namespaced" : "Cluster");
            node.put("singularResource", type.singular());
            words(node, "verbs", verbs(type));
            words(node, "shortNames", type.shortNames());
            words(node, "categories", type.categories());
            ArrayNode subresources = node.putArray("subresources");
            for (String sub : new TreeSet<>(type.subresources())) {
                ObjectNode child = subresources.addObject().put("subresource", sub);
                ObjectNode kind = child.putObject("responseKind")
                        .put("group", type.group()).put("version", type.version());
                kind(kind, type, sub);
                words(child, "verbs", verbs(sub));
            }
        }
        one.put("freshness", "Current");
    }

    private static Map<String, Map<String, List<ResourceType>>> byGroup(Types types) {
        Map<String, Map<String, List<ResourceType>>> groups = new LinkedHashMap<>();
        for (ResourceType type : types.all()) {
            groups.computeIfAbsent(type.group(), g -> new LinkedHashMap<>())
                    .computeIfAbsent(type.version(), v -> new java.util.ArrayList<>()).add(type);
        }
        return groups;
    }

    private static void words(ObjectNode node, String field, List<String> words) {
        if (!words.isEmpty() || field.equals("verbs")) {
            ArrayNode list = node.putArray(field);
            words.forEach(list::add);
        }
    }
}
