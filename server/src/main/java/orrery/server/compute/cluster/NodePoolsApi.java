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
import orrery.kit.Mistakes;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// A cluster's node pools as the cloud family shows them. Their version is the cluster's.
@Path("/v1/regions/{region}/projects/{project}/compute/clusters/{cluster}/nodepools")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class NodePoolsApi permits NodePoolsShortApi {
    private final NodePools pools;

    public NodePoolsApi(NodePools pools) {
        this.pools = pools;
    }

    /// A pool.
    ///
    /// @param version the cluster's
    record View(String id, String name, String selfLink, String clusterId, NodePool.Role role,
            @Nullable String network, @Nullable String subnet, int nodeCount, int readyCount,
            @Nullable String instanceType, long version) {
        static View of(Cluster cluster, NodePool p) {
            return new View(p.id(), p.name(), ClusterView.link(cluster) + "/nodepools/" + p.id(),
                    cluster.id(), p.role(), p.network(), p.subnet(), p.nodeCount(),
                    p.readyCount(), p.instanceType(), cluster.version());
        }
    }

    /// The body of a POST. A count that is not said is 1.
    record New(
            @Nullable String name,
            NodePool.Role role,
            @Nullable Integer nodeCount,
            @Nullable String instanceType,
            @Nullable String network,
            @Nullable String subnet) {
        New {
            var mistakes = new Mistakes();
            NewCluster.check(mistakes, "", new NewCluster.Pool(name, role,
                    nodeCount == null ? 1 : nodeCount, instanceType, network, subnet));
            mistakes.orRefuse();
        }

        NewCluster.Pool input() {
            return new NewCluster.Pool(name, role, nodeCount == null ? 1 : nodeCount,
                    instanceType, network, subnet);
        }
    }

    /// The body of a PATCH.
    record Change(int nodeCount) {}

    @GET
    @Needs(value = "compute.clusters.get", in = Place.PROJECT)
    @Page.Of(value = ClusterTable.class, items = NodePool.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region, @PathParam("cluster") String cluster) {
        return Answer.page(pools.list(grant, region, cluster, ask)
                .map(it -> View.of(it.cluster(), it.pool())));
    }

    @POST
    @Needs(value = "compute.clusters.update", in = Place.PROJECT)
    public Answer<ClusterView> add(@Context Grant grant, @PathParam("region") String region,
            @PathParam("cluster") String cluster, New body) {
        return ClustersApi.changed(pools.add(grant, region, cluster, body.input()));
    }

    @GET
    @Path("{nodepool}")
    @Needs(value = "compute.clusters.get", in = Place.PROJECT)
    public Answer<View> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("cluster") String cluster, @PathParam("nodepool") String pool) {
        var found = pools.get(grant, region, cluster, pool);
        return Answer.ok(View.of(found.cluster(), found.pool()))
                .version(found.cluster().version());
    }

    /// 200 when the pool has that size already, else 202.
    @PATCH
    @Path("{nodepool}")
    @Needs(value = "compute.clusters.update", in = Place.PROJECT)
    public Answer<ClusterView> scale(@Context Grant grant, @PathParam("region") String region,
            @PathParam("cluster") String cluster, @PathParam("nodepool") String pool,
            @HeaderParam("If-Match") @Nullable String expected, Change body) {
        return ClustersApi.changed(pools.scale(grant, region, cluster, pool, body.nodeCount(),
                IfMatch.version(expected)));
    }

    @DELETE
    @Path("{nodepool}")
    @Needs(value = "compute.clusters.update", in = Place.PROJECT)
    public Answer<ClusterView> remove(@Context Grant grant, @PathParam("region") String region,
            @PathParam("cluster") String cluster, @PathParam("nodepool") String pool,
            @HeaderParam("If-Match") @Nullable String expected) {
        return ClustersApi.changed(
                pools.remove(grant, region, cluster, pool, IfMatch.version(expected)));
    }
}
