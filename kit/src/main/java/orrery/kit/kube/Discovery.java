package orrery.kit.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What kinds a cluster offers, asked at run time: API groups differ between releases, and custom
/// ones come and go.
final class Discovery {
    private static final long FRESH_NANOS = 10_000_000_000L;

    private final KubeClient client;
    private final Map<String, Versioned> cache = new HashMap<>();

    /// The kinds of one group version, and when they were asked for.
    private record Versioned(Map<String, Kind> kinds, long askedAt) {}

    Discovery(KubeClient client) {
        this.client = client;
    }

    /// The kind as this cluster serves it; empty when it does not.
    synchronized Optional<Kind> find(String apiVersion, String kind) {
        var known = cache.get(apiVersion);
        if (known == null || !known.kinds().containsKey(kind)
                && System.nanoTime() - known.askedAt() > FRESH_NANOS) {
            known = new Versioned(ask(apiVersion), System.nanoTime());
            cache.put(apiVersion, known);
        }
        return Optional.ofNullable(known.kinds().get(kind));
    }

    /// The first of several that this cluster serves, such as `batch/v1` before `batch/v1beta1`.
    Optional<Kind> first(List<Kind> wanted) {
        return wanted.stream()
                .flatMap(kind -> find(kind.apiVersion(), kind.kind()).stream())
                .findFirst();
    }

    private Map<String, Kind> ask(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        var group = slash < 0 ? "" : apiVersion.substring(0, slash);
        var version = apiVersion.substring(slash + 1);
        var root = slash < 0 ? "/api/" : "/apis/" + Kind.escape(group) + "/";
        try {
            var answer = client.send(KubeCall.get(root + Kind.escape(version)));
            var kinds = new HashMap<String, Kind>();
            for (JsonNode resource : answer.path("resources")) {
                var plural = resource.path("name").asText();
                if (plural.indexOf('/') < 0) {
                    var kind = resource.path("kind").asText();
                    kinds.put(kind, new Kind(group, version, kind, plural,
                            resource.path("namespaced").asBoolean()));
                }
            }
            return Map.copyOf(kinds);
        } catch (KubeFailure failure) {
            if (failure.status() == 404) {
                return Map.of();
            }
            throw failure;
        }
    }
}
