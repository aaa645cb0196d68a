package orrery.server.studio.version;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
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
import orrery.server.studio.diagram.DiagramView;
import orrery.server.surface.Studio;

/// Versions of diagrams, as the studio family shows them.
@Path("/v1/api/workflows/{id}/versions")
@RunOnVirtualThread
@On(Studio.class)
public final class DiagramVersionsApi {
    private final DiagramVersions versions;

    public DiagramVersionsApi(DiagramVersions versions) {
        this.versions = versions;
    }

    /// @param runStatus how its last run goes, in this family's words
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record View(
            String id,
            @JsonProperty("workflow_id") String workflowId,
            int version,
            JsonNode nodes,
            JsonNode edges,
            @Nullable String name,
            @Nullable String tag,
            String description,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("created_by") String createdBy,
            @JsonProperty("restored_from") @Nullable Integer restoredFrom,
            @JsonProperty("is_automatic") boolean isAutomatic,
            @JsonProperty("run_id") @Nullable String runId,
            @JsonProperty("run_status") @Nullable String runStatus) {
        static View of(DiagramVersions.Deployed deployed) {
            var v = deployed.version();
            var run = deployed.run();
            return new View(v.id(), v.diagram(), v.number(), v.nodes(), v.edges(), v.name(),
                    v.tag(), v.description(), v.createdAt(), v.createdBy(), v.restoredFrom(),
                    v.automatic(), v.run(),
                    run == null ? null : DiagramView.word(run.status()));
        }
    }

    @GET
    @Needs(value = "studio.diagrams.get", in = Place.HOME_PROJECT)
    public Answer<Page<View>> list(
            @Context Grant grant, @PathParam("id") String id, @Context PageAsk ask) {
        return Answer.page("versions", versions.list(grant, id, ask).map(View::of));
    }

    @GET
    @Path("{version}")
    @Needs(value = "studio.diagrams.get", in = Place.HOME_PROJECT)
    public Answer<View> get(@Context Grant grant, @PathParam("id") String id,
            @PathParam("version") String version) {
        return Answer.ok(View.of(versions.get(grant, id, number("version", version))));
    }

    record Body(@Nullable String name, @Nullable String tag, @Nullable String description) {
        DiagramVersions.Said said() {
            return new DiagramVersions.Said(name, tag, description);
        }
    }

    record Done(String message, View version) {}

    @POST
    @Needs(value = "studio.diagrams.update", in = Place.HOME_PROJECT)
    public Answer<Done> create(@Context Grant grant, @PathParam("id") String id, Body body) {
        var made = View.of(versions.create(grant, id, body.said()));
        return Answer.created(new Done("Version created successfully", made),
                "/v1/api/workflows/" + id + "/versions/" + made.version());
    }

    @PUT
    @Path("{version}")
    @Needs(value = "studio.diagrams.update", in = Place.HOME_PROJECT)
    public Answer<Done> change(@Context Grant grant, @PathParam("id") String id,
            @PathParam("version") String version, Body body) {
        return Answer.ok(new Done("Version updated successfully", View.of(
                versions.change(grant, id, number("version", version), body.said()))));
    }

    record Restored(String message, View version, DiagramView workflow) {}

    @POST
    @Path("{version}/restore")
    @Needs(value = "studio.diagrams.update", in = Place.HOME_PROJECT)
    public Answer<Restored> restore(@Context Grant grant, @PathParam("id") String id,
            @PathParam("version") String version,
            @HeaderParam("If-Match") @Nullable String expected) {
        var restored = versions.restore(
                grant, id, number("version", version), IfMatch.version(expected));
        return Answer.ok(new Restored("Version restored successfully",
                View.of(restored.version()), DiagramView.of(restored.diagram())))
                .version(restored.diagram().version());
    }

    @GET
    @Path("compare")
    @Needs(value = "studio.diagrams.get", in = Place.HOME_PROJECT)
    public Answer<Comparison> compare(@Context Grant grant, @PathParam("id") String id,
            @QueryParam("v1") @Nullable String from, @QueryParam("v2") @Nullable String to) {
        return Answer.ok(versions.compare(
                grant, id, number("v1", from), number("v2", to)));
    }

    private static int number(String name, @Nullable String text) {
        try {
            return Integer.parseInt(String.valueOf(text));
        } catch (NumberFormatException e) {
            throw new Problem.Invalid(List.of(new Problem.Mistake(
                    name, "must be the number of a version, such as 1"))).raise();
        }
    }
}
