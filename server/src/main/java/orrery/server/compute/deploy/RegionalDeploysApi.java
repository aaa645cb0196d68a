package orrery.server.compute.deploy;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.util.Map;
import orrery.kit.Ids;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.kit.http.Places;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Deploys at the address that names no project: it stands in the body or the query, is the
/// credential's own, or is known by the deploy's identifier. The permission is asked for there.
@Path("/v1/regions/{region}/deploys")
@On(Cloud.class)
@RunOnVirtualThread
public final class RegionalDeploysApi {
    private final Deploys deploys;
    private final Access access;
    private final Places places;

    public RegionalDeploysApi(Deploys deploys, Access access, Places places) {
        this.deploys = deploys;
        this.access = access;
        this.places = places;
    }

    /// Of all projects in which the caller may list them, unless one is named.
    @GET
    @Own
    public Answer<Page<DeployView>> list(@Context Grant caller, @Context PageAsk ask,
            @PathParam("region") String region,
            @QueryParam("projectId") @Nullable String project) {
        var page = project == null ? deploys.visible(caller, region, ask)
                : deploys.list(in(caller, "list", project, ""), region, ask);
        return Answer.page(page.map(DeployView::of));
    }

    @POST
    @Own
    public Answer<DeployView> create(@Context Grant caller, @PathParam("region") String region,
            @QueryParam("projectId") @Nullable String project, DeployBody.New body) {
        var named = body.projectId() == null ? project : body.projectId();
        return DeployView.answer(
                deploys.create(in(caller, "create", named, ""), region, body.input()));
    }

    @GET
    @Path("{deploy}")
    @Own
    public Answer<DeployView> get(@Context Grant caller, @PathParam("region") String region,
            @PathParam("deploy") String deploy,
            @QueryParam("projectId") @Nullable String project) {
        var view = DeployView.of(
                deploys.get(in(caller, "get", project, deploy), region, deploy));
        return Answer.ok(view).version(view.version());
    }

    @PATCH
    @Path("{deploy}")
    @Own
    public Answer<DeployView> change(@Context Grant caller, @PathParam("region") String region,
            @PathParam("deploy") String deploy,
            @QueryParam("projectId") @Nullable String project,
            @HeaderParam("If-Match") @Nullable String expected, DeployBody.Change body) {
        return DeployView.answer(deploys.change(in(caller, "update", project, deploy), region,
                deploy, body::of, IfMatch.version(expected)));
    }

    @DELETE
    @Path("{deploy}")
    @Own
    public Answer<DeployView> delete(@Context Grant caller, @PathParam("region") String region,
            @PathParam("deploy") String deploy,
            @QueryParam("projectId") @Nullable String project,
            @HeaderParam("If-Match") @Nullable String expected) {
        return DeployView.answer(deploys.delete(in(caller, "delete", project, deploy), region,
                deploy, IfMatch.version(expected)));
    }

    /// @param deploy identifier or name; empty for none
    private Grant in(Grant caller, String verb, @Nullable String project, String deploy) {
        return access.require(caller.call(), new Permission("compute.deploys." + verb),
                place(caller, project, deploy));
    }

    private Scope place(Grant caller, @Nullable String project, String deploy) {
        if (project != null) {
            return places.find(caller.call(), Place.PROJECT, Map.of("project", project));
        }
        if (Ids.isId(deploy)) {
            return located(caller, deploy);
        }
        var within = caller.principal().within();
        new Mistakes().unless(within.project() != null, "projectId", "is required, in the "
                + (deploy.isEmpty() ? "body or the query" : "query beside a name")).orRefuse();
        return within;
    }

    private Scope located(Grant caller, String deploy) {
        try {
            return places.find(caller.call(), Place.RESOURCE, Map.of("resource", deploy));
        } catch (Problem.Failure unknown) {
            throw new Problem.NotFound(Deploys.KIND, deploy).raise();
        }
    }
}
