package orrery.server.compute.kubeconfig;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.Set;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.server.auth.token.AccessTokens;
import orrery.server.surface.Cloud;

/// The kubeconfig of a cluster for whoever has our command line: it holds no secret, and the
/// command line asks for one when kubectl needs it.
@Path("/v1/regions/{region}/projects/{project}/compute/clusters/{cluster}/kubeconfig")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class ExecKubeconfigApi permits ExecKubeconfigShortApi {
    private static final String YAML = "application/yaml";

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Kubeconfigs kubeconfigs;
    private final String installation;

    public ExecKubeconfigApi(Kubeconfigs kubeconfigs, AccessTokens tokens) {
        this.kubeconfigs = kubeconfigs;
        this.installation = tokens.issuer();
    }

    @GET
    @Produces({YAML, "application/json"})
    @Needs(value = "compute.kubeconfigs.create", in = Place.PROJECT)
    public Answer<String> get(@Context Grant grant, @Context UriInfo asked,
            @PathParam("region") String region, @PathParam("cluster") String cluster) {
        return Answer.document(YAML, kubeconfigs.exec(grant, region, cluster, server(asked)));
    }

    /// Where the command line shall ask: at the installation's address, and where that is just this
    /// machine, at the server that was asked, which may have another port.
    private String server(UriInfo asked) {
        return LOOPBACK.contains(URI.create(installation).getHost())
                ? asked.getBaseUri().resolve("/").toString() : installation;
    }
}
