package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import orrery.kit.http.Views;
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
        JsonNode config,
        @Nullable String credential,
        @Nullable IpFamily ipFamily,
        List<Added> services,
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

    /// An add-on.
    ///
    /// @param values as they were asked for; `null` for one that nobody asked us for
    record Added(String name, String namespace, String template, @Nullable String values,
            Service.State state, @Nullable String message) {
        private static Added of(Service wanted, List<Service.Seen> seen) {
            var found = seen.stream().filter(it -> it.isOf(wanted)).findFirst();
            return new Added(wanted.name(), wanted.namespace(), wanted.template(),
                    wanted.values(),
                    found.map(Service.Seen::state).orElse(Service.State.PENDING),
                    found.map(Service.Seen::message).orElse(null));
        }

        /// Those that were asked for, then what else is there.
        static List<Added> all(Cluster c) {
            var wanted = c.wantedServices();
            if (wanted.isEmpty() && c.services().isEmpty()) {
                return List.of();
            }
            return Stream.concat(wanted.stream().map(it -> of(it, c.services())),
                    c.services().stream().filter(it -> wanted.stream().noneMatch(it::isOf))
                            .map(it -> new Added(it.name(), it.namespace(), it.template(), null,
                                    it.state(), it.message()))).toList();
        }
    }

    record Endpoint(@Nullable String url, @Nullable String caCertificate) {}

    private static final Views<Cluster, ClusterView> VIEWS = new Views<>(ClusterView::made);

    static ClusterView of(Cluster cluster) {
        return VIEWS.of(cluster);
    }

    private static ClusterView made(Cluster c) {
        return new ClusterView(c.id(), c.name(), link(c), c.displayName(), c.description(),
                c.organizationId(), c.projectId(), c.region(), c.labels(), c.origin(), c.state(),
                c.stateReason(), new Status(phase(c.state()), c.conditions().stream()
                        .map(s -> new Said(s.type(), s.status(), s.reason(), s.message(),
                                s.since())).toList()),
                c.kubernetesVersion(), c.plan() == null ? null : c.plan().stack(), c.template(),
                c.nodePools().stream().map(p -> new Pool(p.id(), p.name(), p.role(), p.network(),
                        p.subnet(), p.nodeCount(), p.readyCount(), p.instanceType())).toList(),
                c.nodeCount(), new Endpoint(c.endpointUrl(), c.caCertificate()),
                c.upgradeVersions(), c.setup().config(), c.setup().credential(),
                c.setup().ipFamily(), Added.all(c), c.runId(), c.version(), c.createdAt(),
                c.updatedAt(), c.deletedAt());
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
