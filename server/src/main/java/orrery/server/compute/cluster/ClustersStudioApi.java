package orrery.server.compute.cluster;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.server.surface.Studio;
import org.jspecify.annotations.Nullable;

/// Clusters as the studio family shows them: by name, all of its current organization on which
/// the caller holds `compute.clusters.get`, be it for one project only.
@Path("/v1/api/clusters")
@On(Studio.class)
@RunOnVirtualThread
public final class ClustersStudioApi {
    private final Clusters clusters;

    public ClustersStudioApi(Clusters clusters) {
        this.clusters = clusters;
    }

    /// A cluster.
    ///
    /// @param id its identifier
    /// @param authType how we reach it
    record View(
            String id,
            String name,
            String displayName,
            String description,
            String server,
            String authType,
            String status,
            @JsonProperty("default") boolean isDefault,
            boolean singleNode,
            Map<String, String> labels,
            Metadata metadata,
            Instant createdAt,
            Instant updatedAt) {
        static View of(Cluster c, @Nullable String standard) {
            return new View(c.id(), c.name(), text(c.displayName(), c.name()),
                    text(c.description(), ""), text(c.endpointUrl(), ""), "kubeconfig",
                    status(c), c.id().equals(standard), c.nodeCount() == 1, c.labels(),
                    new Metadata(text(c.kubernetesVersion(), ""), "linux",
                            c.origin() == Cluster.Origin.PROVISIONED ? "k0rdent" : "",
                            c.region(), c.nodeCount(), List.of(), List.of(), c.updatedAt()),
                    c.createdAt(), c.updatedAt());
        }

        private static String text(@Nullable String given, String otherwise) {
            return given == null ? otherwise : given;
        }

        /// The studio knows four words only.
        private static String status(Cluster c) {
            return switch (c.state()) {
                case RUNNING, SCALING, UPGRADING, UPDATING -> "connected";
                case DEGRADED, FAILED, DELETE_FAILED -> "error";
                case DELETING, DELETED -> "disconnected";
                case PENDING, PROVISIONING -> "unknown";
            };
        }
    }

    /// What is known about the inside.
    record Metadata(
            String version,
            String platform,
            String provider,
            String region,
            int nodeCount,
            List<String> storageClasses,
            List<String> namespaces,
            Instant lastUpdated) {}

    /// All clusters.
    ///
    /// @param standard identifier of the default one; empty when there is none
    record All(
            List<View> clusters,
            @JsonProperty("default") String standard) {}

    @GET
    @Own
    public Answer<All> list(@Context Grant grant) {
        var all = clusters.visible(grant);
        var standard = clusters.standard(all).map(Cluster::id).orElse(null);
        return Answer.ok(new All(all.stream().map(c -> View.of(c, standard)).toList(),
                standard == null ? "" : standard));
    }

    @GET
    @Path("default")
    @Own
    public Answer<View> standard(@Context Grant grant) {
        var standard = clusters.standard(clusters.visible(grant))
                .orElseThrow(() -> new Problem.NotFound("cluster", "default").raise());
        return Answer.ok(View.of(standard, standard.id()));
    }

    @GET
    @Path("{name}")
    @Own
    public Answer<View> get(@Context Grant grant, @PathParam("name") String name) {
        var found = clusters.named(grant, name);
        var standard = clusters.standard(clusters.visible(grant)).map(Cluster::id).orElse(null);
        return Answer.ok(View.of(found, standard));
    }
}
