package orrery.server.compute.cluster;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A cluster as the cloud family shows it.
///
/// @param status the state once more, capitalised, with what the management cluster says
/// @param nodeCount nodes that there shall be, in all pools
/// @param currentRunId the last run that changed it
record ClusterView(
        String id,
        String name,
        String selfLink,
        @Nullable String displayName,
        @Nullable String description,
        String organizationId,
        String projectId,
        String region,
        Map<String, String> labels,
        Cluster.Origin origin,
        Cluster.State state,
        @Nullable String stateReason,
        Status status,
        @Nullable String kubernetesVersion,
        @Nullable String stackId,
        @Nullable String template,
        List<Pool> nodePools,
        int nodeCount,
        Endpoint endpoint,
        List<String> availableUpgrades,
        @Nullable String currentRunId,
        long version,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    record Status(String phase, List<Said> conditions) {}

    record Said(String type, String status, String reason, String message,
            @Nullable Instant lastTransitionAt) {}

    record Pool(String id, String name, NodePool.Role role, @Nullable String network,
            @Nullable String subnet, int nodeCount, int readyCount,
            @Nullable String instanceType) {}

    record Endpoint(@Nullable String url, @Nullable String caCertificate) {}

    static ClusterView of(Cluster c) {
        return new ClusterView(c.id(), c.name(), link(c), c.displayName(), c.description(),
                c.organizationId(), c.projectId(), c.region(), c.labels(), c.origin(), c.state(),
                c.stateReason(), new Status(phase(c.state()), c.conditions().stream()
                        .map(s -> new Said(s.type(), s.status(), s.reason(), s.message(),
                                s.since())).toList()),
                c.kubernetesVersion(), c.plan() == null ? null : c.plan().stack(), c.template(),
                c.nodePools().stream().map(p -> new Pool(p.id(), p.name(), p.role(), p.network(),
                        p.subnet(), p.nodeCount(), p.readyCount(), p.instanceType())).toList(),
                c.nodeCount(), new Endpoint(c.endpointUrl(), c.caCertificate()),
                c.availableUpgrades(), c.runId(), c.version(), c.createdAt(), c.updatedAt(),
                c.deletedAt());
    }

    static String link(Cluster c) {
        return "/v1/regions/" + c.region() + "/projects/" + c.projectId()
                + "/compute/clusters/" + c.id();
    }

    /// `DELETE_FAILED` → `DeleteFailed`.
    private static String phase(Cluster.State state) {
        var text = new StringBuilder();
        for (var word : state.name().split("_")) {
            text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }
}
