package orrery.sim.api;

import java.util.List;
import java.util.Optional;
import orrery.sim.rbac.Attributes;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;
import orrery.sim.type.Types;

/// The object or collection that a path names.
///
/// @param namespace empty for cluster-wide types and for lists over all namespaces
/// @param name empty for a collection
/// @param subresource empty for none
/// @param watch whether the path is of the old form `/watch/…`
record Target(
        ResourceType type, String namespace, String name, String subresource, boolean watch) {

    /// Reads `/api/v1/…` and `/apis/GROUP/VERSION/…`; empty for paths that name no resource.
    ///
    /// @return empty, too, for a group that nobody serves: that is no resource's path
    /// @throws Refusal 404 when the version or type does not exist
    static Optional<Target> of(Types types, List<String> path) {
        boolean core = path.size() > 2 && path.get(0).equals("api");
        boolean group = path.size() > 3 && path.get(0).equals("apis");
        if (!core && !group) {
            return Optional.empty();
        }
        if (group && types.all().stream().noneMatch(type -> type.group().equals(path.get(1)))) {
            return Optional.empty();
        }
        String apiVersion = core ? path.get(1) : path.get(1) + "/" + path.get(2);
        List<String> rest = path.subList(core ? 2 : 3, path.size());
        boolean watch = rest.size() > 1 && rest.getFirst().equals("watch");
        return Optional.of(resource(types, apiVersion, watch ? rest.subList(1, rest.size()) : rest,
                watch));
    }

    private static Target resource(
            Types types, String apiVersion, List<String> rest, boolean watch) {
        // /namespaces/NAME/TYPE… is a scope, but /namespaces/NAME/status is the namespace's own.
        if (rest.size() >= 3 && rest.getFirst().equals("namespaces")
                && !List.of("status", "finalize").contains(rest.get(2))) {
            return namespaced(types, apiVersion, rest, watch);
        }
        if (rest.size() > 3) {
            throw unknown();
        }
        ResourceType type = type(types, apiVersion, rest.getFirst());
        String name = rest.size() > 1 ? rest.get(1) : "";
        if (type.namespaced() && !name.isEmpty()) {
            throw unknown();
        }
        return new Target(type, "", name, rest.size() > 2 ? rest.get(2) : "", watch);
    }

    private static Target namespaced(
            Types types, String apiVersion, List<String> rest, boolean watch) {
        ResourceType type = type(types, apiVersion, rest.get(2));
        if (!type.namespaced() || rest.size() > 5 || rest.get(1).isEmpty()) {
            throw unknown();
        }
        return new Target(type, rest.get(1), rest.size() > 3 ? rest.get(3) : "",
                rest.size() > 4 ? rest.get(4) : "", watch);
    }

    private static ResourceType type(Types types, String apiVersion, String plural) {
        return types.served(apiVersion, plural).orElseThrow(Target::unknown);
    }

    static Refusal unknown() {
        return Refusal.plain(404, "NotFound", "the server could not find the requested resource");
    }

    boolean collection() {
        return name.isEmpty();
    }

    /// What RBAC is asked for a request of this method.
    Attributes attributes(String method, boolean watching) {
        String verb = switch (method) {
            case "GET", "HEAD" -> watching ? "watch" : collection() ? "list" : "get";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> collection() ? "deletecollection" : "delete";
            default -> method.toLowerCase(java.util.Locale.ROOT);
        };
        String resource =
                subresource.isEmpty() ? type.plural() : type.plural() + "/" + subresource;
        return Attributes.of(verb, type.group(), resource, accessNamespace(), name);
    }

    /// A Role in a namespace also speaks of the namespace object itself.
    private String accessNamespace() {
        return type.key().equals("namespaces") ? name : namespace;
    }
}
