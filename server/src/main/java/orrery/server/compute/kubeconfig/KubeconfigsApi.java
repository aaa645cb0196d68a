package orrery.server.compute.kubeconfig;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import orrery.kit.access.Grant;
import orrery.kit.durable.Run;
import orrery.kit.http.Answer;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Kubeconfigs as the cloud family shows them.
@Path("/v1/regions/{region}/projects/{project}/compute/clusters/{cluster}/kubeconfigs")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class KubeconfigsApi permits KubeconfigsShortApi {
    private static final String YAML = "application/yaml";

    private final Kubeconfigs kubeconfigs;

    public KubeconfigsApi(Kubeconfigs kubeconfigs) {
        this.kubeconfigs = kubeconfigs;
    }

    /// A kubeconfig, without its content.
    ///
    /// @param issuedFor identifier of the user it speaks for
    /// @param ttl seconds it was asked to last
    record View(
            String id,
            String name,
            String selfLink,
            @Nullable String displayName,
            @Nullable String description,
            String organizationId,
            String projectId,
            String region,
            String clusterId,
            String issuedFor,
            Kubeconfig.Role role,
            Kubeconfig.State state,
            int ttl,
            @Nullable Instant expiresAt,
            @Nullable Instant lastDownloadedAt,
            @Nullable String currentRunId,
            long version,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant deletedAt) {
        static View of(Kubeconfig k, String region) {
            return new View(k.id(), k.name(), "/v1/regions/" + region + "/projects/"
                    + k.projectId() + "/compute/clusters/" + k.clusterId() + "/kubeconfigs/"
                    + k.id(), null, null, k.organizationId(), k.projectId(), region,
                    k.clusterId(), k.issuedFor(), k.role(), k.state(), k.ttlSeconds(),
                    k.expiresAt(), k.lastDownloadedAt(), k.runId(), k.version(), k.createdAt(),
                    k.updatedAt(), k.deletedAt());
        }
    }

    /// The body of a POST.
    ///
    /// @param ttl seconds
    record New(
            @Nullable String name,
            @Nullable String user,
            Kubeconfig.@Nullable Role role,
            @Nullable Integer ttl) {
        New {
            new NewKubeconfig(name, user, role, ttl == null ? NewKubeconfig.STANDARD_TTL : ttl);
        }

        NewKubeconfig input() {
            return new NewKubeconfig(
                    name, user, role, ttl == null ? NewKubeconfig.STANDARD_TTL : ttl);
        }
    }

    @GET
    @Needs(value = "compute.kubeconfigs.list", in = Place.PROJECT)
    @Page.Of(KubeconfigTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region, @PathParam("cluster") String cluster) {
        var place = kubeconfigs.region(grant, region, cluster);
        return Answer.page(
                kubeconfigs.list(grant, region, cluster, ask).map(k -> View.of(k, place)));
    }

    /// 201 when the cluster answers soon, else 202.
    @POST
    @Needs(value = "compute.kubeconfigs.create", in = Place.PROJECT)
    public Answer<View> issue(@Context Grant grant, @PathParam("region") String region,
            @PathParam("cluster") String cluster, New body) {
        var issued = kubeconfigs.issue(grant, region, cluster, body.input());
        var view = View.of(issued.kubeconfig(), kubeconfigs.region(grant, region, cluster));
        if (issued.waiting() == null) {
            return Answer.created(view, view.selfLink()).version(view.version());
        }
        return Answer.accepted(view, ref(issued.waiting())).at(view.selfLink());
    }

    @GET
    @Path("{kubeconfig}")
    @Needs(value = "compute.kubeconfigs.get", in = Place.PROJECT)
    public Answer<View> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("cluster") String cluster, @PathParam("kubeconfig") String kubeconfig) {
        var found = kubeconfigs.get(grant, region, cluster, kubeconfig);
        return Answer.ok(View.of(found, kubeconfigs.region(grant, region, cluster)))
                .version(found.version());
    }

    @GET
    @Path("{kubeconfig}/download")
    @Produces({YAML, "application/json"})
    @Needs(value = "compute.kubeconfigs.download", in = Place.PROJECT)
    public Answer<String> download(@Context Grant grant, @PathParam("region") String region,
            @PathParam("cluster") String cluster, @PathParam("kubeconfig") String kubeconfig) {
        return Answer.document(YAML, kubeconfigs.download(grant, region, cluster, kubeconfig)
                        .reveal())
                .header("Cache-Control", "no-store");
    }

    /// 204 when the cluster answers soon, else 202.
    @DELETE
    @Path("{kubeconfig}")
    @Needs(value = "compute.kubeconfigs.delete", in = Place.PROJECT)
    public Answer<?> revoke(@Context Grant grant, @PathParam("region") String region,
            @PathParam("cluster") String cluster, @PathParam("kubeconfig") String kubeconfig) {
        var revoked = kubeconfigs.revoke(grant, region, cluster, kubeconfig);
        if (revoked.waiting() == null) {
            return Answer.none();
        }
        return Answer.accepted(View.of(revoked.kubeconfig(),
                kubeconfigs.region(grant, region, cluster)), ref(revoked.waiting()));
    }

    private static Answer.RunRef ref(Run run) {
        return new Answer.RunRef(run.id(), run.type(), run.status().text());
    }
}
