package orrery.server.compute.cluster;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.util.List;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Deleted;
import orrery.kit.http.Expandable;
import orrery.kit.http.Expands;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.kit.http.Whereabouts;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Clusters as the cloud family shows them.
@Path("/v1/regions/{region}/projects/{project}/compute/clusters")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class ClustersApi implements Expandable permits ClustersShortApi {
    final Clusters clusters;

    public ClustersApi(Clusters clusters) {
        this.clusters = clusters;
    }

    @Override
    @Expands("cluster")
    @Needs(value = "compute.clusters.get", in = Place.RESOURCE)
    public ClusterView show(Grant grant, String id) {
        return clusters.byId(grant, id).filter(found -> found.deletedAt() == null)
                .map(ClusterView::of)
                .orElseThrow(() -> new Problem.NotFound("cluster", id).raise());
    }

    @GET
    @Needs(value = "compute.clusters.list", in = Place.PROJECT)
    @Page.Of(value = ClusterTable.class, items = Cluster.class)
    public Answer<Page<ClusterView>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(clusters.list(grant, region, ask).map(ClusterView::of));
    }

    @POST
    @Needs(value = "compute.clusters.create", in = Place.PROJECT)
    public Answer<ClusterView> create(@Context Grant grant, @Context Whereabouts where,
            ClusterBody.New body) {
        return accepted(clusters.create(grant, where.region(), body.input()));
    }

    @GET
    @Path("{cluster}")
    @Needs(value = "compute.clusters.get", in = Place.PROJECT)
    public Answer<ClusterView> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("cluster") String cluster, @Context Deleted deleted) {
        var found = clusters.get(grant, region, cluster, deleted);
        return Answer.ok(ClusterView.of(found)).version(found.version());
    }

    @PATCH
    @Path("{cluster}")
    @Needs(value = "compute.clusters.update", in = Place.PROJECT)
    public Answer<ClusterView> change(@Context Grant grant, @PathParam("region") String region,
            @PathParam("cluster") String cluster,
            @HeaderParam("If-Match") @Nullable String expected, ClusterBody.Change body) {
        return changed(clusters.change(
                grant, region, cluster, body::of, IfMatch.version(expected)));
    }

    /// A version that a cluster can be brought to.
    record Step(@Nullable String kubernetesVersion, String template) {
        static Step of(Upgrade upgrade) {
            return new Step(upgrade.kubernetesVersion().isEmpty()
                    ? null : upgrade.kubernetesVersion(), upgrade.template());
        }
    }

    /// What can be said as `kubernetesVersion` of a PATCH.
    record Upgrades(@Nullable String kubernetesVersion, List<Step> availableUpgrades) {}

    @GET
    @Path("{cluster}/upgrades")
    @Needs(value = "compute.clusters.get", in = Place.PROJECT)
    public Answer<Upgrades> upgrades(@Context Grant grant, @PathParam("region") String region,
            @PathParam("cluster") String cluster) {
        var found = clusters.get(grant, region, cluster);
        return Answer.ok(new Upgrades(found.kubernetesVersion(),
                found.availableUpgrades().stream().map(Step::of).toList()))
                .version(found.version());
    }

    @POST
    @Path("{cluster}:cancel")
    @Needs(value = "compute.clusters.update", in = Place.PROJECT)
    public Answer<ClusterView> cancel(@Context Grant grant, @PathParam("region") String region,
            @PathParam("cluster") String cluster,
            @HeaderParam("If-Match") @Nullable String expected) {
        return accepted(clusters.cancel(grant, region, cluster, IfMatch.version(expected)));
    }

    @DELETE
    @Path("{cluster}")
    @Needs(value = "compute.clusters.delete", in = Place.PROJECT)
    public Answer<ClusterView> delete(@Context Grant grant, @PathParam("region") String region,
            @PathParam("cluster") String cluster,
            @HeaderParam("If-Match") @Nullable String expected) {
        return accepted(clusters.delete(grant, region, cluster, IfMatch.version(expected)));
    }

    /// 200 when there was nothing to do, else 202.
    static Answer<ClusterView> changed(Clusters.Accepted changed) {
        return changed.run() != null ? accepted(changed)
                : Answer.ok(ClusterView.of(changed.cluster()))
                        .version(changed.cluster().version());
    }

    private static Answer<ClusterView> accepted(Clusters.Accepted accepted) {
        var run = accepted.run();
        var view = ClusterView.of(accepted.cluster());
        if (run == null) {
            throw new IllegalStateException("accepted without a run");
        }
        return Answer.accepted(view, new Answer.RunRef(run.id(), run.type(), run.status().text()))
                .at(view.selfLink()).version(view.version());
    }
}
