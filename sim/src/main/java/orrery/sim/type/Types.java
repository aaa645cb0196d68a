package orrery.sim.type;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The types that one cluster serves: the built-in ones, shared by all clusters, and those of its
/// CRDs. Immutable; a new CRD makes a new value.
public final class Types {
    private static final Types BUILT_IN = new Types(BuiltIns.ALL);

    private final List<ResourceType> all;
    private final Map<String, ResourceType> stored = new LinkedHashMap<>();
    private final Map<String, ResourceType> served = new LinkedHashMap<>();
    private final Map<String, ResourceType> kinds = new LinkedHashMap<>();

    private Types(List<ResourceType> all) {
        this.all = all;
        for (ResourceType type : all) {
            if (type.storage()) {
                stored.put(type.key(), type);
            }
            served.put(type.apiVersion() + " " + type.plural(), type);
            kinds.put(type.apiVersion() + " " + type.kind(), type);
        }
    }

    public static Types builtIn() {
        return BUILT_IN;
    }

    /// These and the given ones.
    public Types with(Collection<ResourceType> more) {
        if (more.isEmpty()) {
            return this;
        }
        List<ResourceType> sum = new ArrayList<>(all);
        sum.addAll(more);
        return new Types(List.copyOf(sum));
    }

    /// The stored version of a type.
    ///
    /// @param key `plural.group`
    /// @throws Refusal 404 when the cluster has no such type
    public ResourceType require(String key) {
        ResourceType type = stored.get(key);
        if (type == null) {
            throw Refusal.plain(404, "NotFound", "the server has no resource type " + key);
        }
        return type;
    }

    public Optional<ResourceType> served(String apiVersion, String plural) {
        return Optional.ofNullable(served.get(apiVersion + " " + plural));
    }

    public Optional<ResourceType> kind(String apiVersion, String kind) {
        return Optional.ofNullable(kinds.get(apiVersion + " " + kind));
    }

    /// All served versions of all types, in the order of discovery.
    public List<ResourceType> all() {
        return all;
    }
}
