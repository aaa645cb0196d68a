package orrery.server.studio.diagram;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.server.compute.cluster.Clusters;
import orrery.server.studio.diagram.Diagram.Status;
import orrery.server.surface.Studio;

/// Diagrams, which this family calls workflows.
@Path("/v1/api/workflows")
@RunOnVirtualThread
@On(Studio.class)
public final class DiagramsApi {
    private final Diagrams diagrams;
    private final Clusters clusters;

    public DiagramsApi(Diagrams diagrams, Clusters clusters) {
        this.diagrams = diagrams;
        this.clusters = clusters;
    }

    /// @param clusterId name of the cluster; absent for the default one
    record New(
            @Nullable String name,
            @Nullable String description,
            @JsonProperty("cluster_id") @Nullable String clusterId,
            @Nullable JsonNode nodes,
            @Nullable JsonNode edges) {
        New {
            Diagrams.New.check(text(name), text(description), nodes, edges).orRefuse();
        }
    }

    /// The diagram itself, and once more under a name of its own for clients that look there.
    record Created(@JsonUnwrapped DiagramView flat, String message, DiagramView workflow) {}

    @POST
    @Needs(value = "studio.diagrams.create", in = Place.HOME_PROJECT)
    public Answer<Created> create(@Context Grant grant, New body) {
        var cluster = text(body.clusterId()).isBlank()
                ? clusters.standardName(grant).orElse("") : text(body.clusterId());
        var diagram = diagrams.create(grant, new Diagrams.New(text(body.name()),
                text(body.description()), cluster, List.of(), body.nodes(), body.edges()));
        var view = DiagramView.of(diagram);
        return Answer.created(new Created(view, "Workflow created successfully", view),
                "/v1/api/workflows/" + diagram.id());
    }

    @GET
    @Needs(value = "studio.diagrams.list", in = Place.HOME_PROJECT)
    public Answer<Page<DiagramView>> list(@Context Grant grant, @Context PageAsk ask) {
        return Answer.page("workflows", diagrams.list(grant, ask).map(DiagramView::of));
    }

    @GET
    @Path("{id}")
    @Needs(value = "studio.diagrams.get", in = Place.HOME_PROJECT)
    public Answer<DiagramView> get(@Context Grant grant, @PathParam("id") String id) {
        var diagram = diagrams.get(grant, id);
        return Answer.ok(DiagramView.of(diagram)).version(diagram.version());
    }

    record NewStatus(@Nullable String status) {}

    record Said(String message) {}

    @PUT
    @Path("{id}/status")
    @Needs(value = "studio.diagrams.update", in = Place.HOME_PROJECT)
    public Answer<Said> changeStatus(
            @Context Grant grant, @PathParam("id") String id, NewStatus body) {
        diagrams.changeStatus(grant, id, status(text(body.status())));
        return Answer.ok(new Said("Workflow status updated successfully"));
    }

    @DELETE
    @Path("{id}")
    @Needs(value = "studio.diagrams.delete", in = Place.HOME_PROJECT)
    public Answer<Said> delete(@Context Grant grant, @PathParam("id") String id) {
        diagrams.delete(grant, id);
        return Answer.ok(new Said("Workflow deleted successfully"));
    }

    private static Status status(String text) {
        return Arrays.stream(Status.values())
                .filter(status -> status.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> new Problem.Invalid(List.of(new Problem.Mistake("status",
                        "must be draft, published or archived"))).raise());
    }

    private static String text(@Nullable String given) {
        return given == null ? "" : given;
    }
}
