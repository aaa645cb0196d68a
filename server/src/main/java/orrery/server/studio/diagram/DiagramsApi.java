package orrery.server.studio.diagram;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
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

    /// Any of these; what is absent stays as it is.
    record Change(
            @Nullable String name,
            @Nullable String description,
            @Nullable String status,
            @Nullable JsonNode nodes,
            @Nullable JsonNode edges) {
        Diagrams.Change asked() {
            if (Stream.of(name, description, status, nodes, edges).allMatch(Objects::isNull)) {
                throw new Problem.Invalid(List.of(new Problem.Mistake("body",
                        "must name one of name, description, status, nodes, edges"))).raise();
            }
            return new Diagrams.Change(name, description,
                    status == null ? null : DiagramsApi.status(status), nodes, edges);
        }
    }

    @PUT
    @Path("{id}")
    @Needs(value = "studio.diagrams.update", in = Place.HOME_PROJECT)
    public Answer<DiagramView> change(@Context Grant grant, @PathParam("id") String id,
            @HeaderParam("If-Match") @Nullable String expected, Change body) {
        var changed = diagrams.change(grant, id, body.asked(), IfMatch.version(expected));
        return Answer.ok(DiagramView.of(changed)).version(changed.version());
    }

    /// What is drawn now. Here, too, what is absent stays as it is: a client that forgets a list
    /// does not mean to lose it.
    record Strokes(
            @Nullable JsonNode nodes,
            @Nullable JsonNode edges,
            @Nullable String description) {
        Diagrams.Change asked() {
            return new Diagrams.Change(null, description, null, nodes, edges);
        }
    }

    record Done(String message, DiagramView workflow) {}

    @POST
    @Path("{id}/save")
    @Needs(value = "studio.diagrams.update", in = Place.HOME_PROJECT)
    public Answer<Done> save(@Context Grant grant, @PathParam("id") String id,
            @HeaderParam("If-Match") @Nullable String expected, Strokes body) {
        var saved = diagrams.change(grant, id, body.asked(), IfMatch.version(expected));
        return Answer.ok(new Done("Workflow saved successfully", DiagramView.of(saved)))
                .version(saved.version());
    }

    record Copy(@Nullable String name) {
        Copy {
            Diagrams.New.check(text(name), "", null, null).orRefuse();
        }
    }

    record Copied(String id, String message, DiagramView workflow) {}

    @POST
    @Path("{id}/clone")
    @Needs(value = "studio.diagrams.create", in = Place.HOME_PROJECT)
    public Answer<Copied> copy(@Context Grant grant, @PathParam("id") String id, Copy body) {
        var made = diagrams.copy(grant, id, text(body.name()));
        return Answer.created(new Copied(made.id(), "Workflow cloned successfully",
                DiagramView.of(made)), "/v1/api/workflows/" + made.id());
    }

    record NewStatus(@Nullable String status) {}

    record Said(String message) {}

    @PUT
    @Path("{id}/status")
    @Needs(value = "studio.diagrams.update", in = Place.HOME_PROJECT)
    public Answer<Said> changeStatus(
            @Context Grant grant, @PathParam("id") String id, NewStatus body) {
        diagrams.change(grant, id, Diagrams.Change.to(status(text(body.status()))),
                OptionalLong.empty());
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
