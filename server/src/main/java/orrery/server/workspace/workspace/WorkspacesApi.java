package orrery.server.workspace.workspace;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import orrery.kit.Mistakes;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.kit.http.TokenScope;
import org.jspecify.annotations.Nullable;

/// Workspaces as their own family shows them.
@Path("/api/v1/workspaces")
@RunOnVirtualThread
@On(orrery.server.surface.Workspace.class)
public final class WorkspacesApi {
    private final Workspaces workspaces;

    public WorkspacesApi(Workspaces workspaces) {
        this.workspaces = workspaces;
    }

    /// One workspace, flat.
    ///
    /// @param serverName the host that an SSH gateway would have; empty without one
    /// @param port that of the gateway
    record View(
            Instant created,
            String status,
            String message,
            int restarts,
            String appVersion,
            String name,
            String username,
            String blueprint,
            String organization,
            String cpu,
            String memory,
            String serverName,
            String podIP,
            int port,
            boolean tlsEnabled,
            String namespace,
            String hostname,
            String jobId,
            String origin,
            String workspaceType,
            String cluster) {
        static View of(Workspace w) {
            return new View(w.createdAt(), w.status().name(), w.message(), w.restarts(), "",
                    w.name(), w.username(), w.blueprint(), w.organization(), w.cpu(), w.memory(),
                    "", "", 0, false, w.namespace(), w.name(),
                    w.job() == null ? "" : w.job(), "blueprint", "standalone", w.cluster());
        }
    }

    /// What is asked for.
    ///
    /// @param cluster name of the cluster; may be left out where there is only one
    record New(
            @Nullable String username,
            @Nullable String blueprint,
            @Nullable String cluster,
            @Nullable String repoOwner,
            @Nullable String repoName,
            @Nullable String repoRef,
            @Nullable String workloadKind,
            @Nullable String workloadName,
            @Nullable String pod,
            @Nullable String namespace) {
        New {
            var mistakes = new Mistakes();
            refuse(mistakes, "repoOwner", repoOwner);
            refuse(mistakes, "repoName", repoName);
            refuse(mistakes, "repoRef", repoRef);
            refuse(mistakes, "workloadKind", workloadKind);
            refuse(mistakes, "workloadName", workloadName);
            refuse(mistakes, "pod", pod);
            refuse(mistakes, "namespace", namespace);
            mistakes.orRefuse();
        }

        private static void refuse(Mistakes mistakes, String field, @Nullable String value) {
            mistakes.unless(value == null || value.isEmpty(), field, "is not offered here:"
                    + " workspaces are made from blueprints; leave it out");
        }
    }

    /// Where to look how it goes.
    record Accepted(String workspace, String jobId, String monitorUrl) {}

    @GET
    @Needs(value = "workspace.workspaces.list", in = Place.HOME_PROJECT)
    @TokenScope("workspace:list")
    public Answer<List<View>> list(@Context Grant grant) {
        return Answer.ok(workspaces.list(grant).stream().map(View::of).toList());
    }

    @POST
    @Needs(value = "workspace.workspaces.create", in = Place.HOME_PROJECT)
    @TokenScope("workspace:create")
    public Answer<Accepted> create(@Context Grant grant, New body) {
        var workspace = workspaces.create(
                grant, body.username(), blank(body.blueprint()), blank(body.cluster()));
        var job = String.valueOf(workspace.job());
        return Answer.ok(new Accepted(workspace.name(), job, "/api/v1/jobs/" + job)).status(202);
    }

    @GET
    @Path("{workspace}")
    @Needs(value = "workspace.workspaces.get", in = Place.HOME_PROJECT)
    @TokenScope("workspace:read")
    public Answer<View> get(@Context Grant grant, @PathParam("workspace") String name) {
        return Answer.ok(View.of(workspaces.get(grant, name)));
    }

    /// Where the workspace is on its way to.
    record Left(String workspace, String status) {}

    /// Stops the workspace, its volumes stay; with `delete=true` everything goes.
    @DELETE
    @Path("{workspace}")
    @Needs(value = "workspace.workspaces.delete", in = Place.HOME_PROJECT)
    @TokenScope("workspace:delete")
    public Answer<Left> delete(
            @Context Grant grant,
            @PathParam("workspace") String name,
            @QueryParam("delete") @DefaultValue("false") boolean delete) {
        var workspace = delete ? workspaces.delete(grant, name) : workspaces.stop(grant, name);
        return Answer.ok(new Left(name, workspace.status().name())).status(202);
    }

    private static @Nullable String blank(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
