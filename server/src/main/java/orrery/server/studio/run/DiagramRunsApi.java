package orrery.server.studio.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orrery.kit.access.Grant;
import orrery.kit.events.Event;
import orrery.kit.http.Answer;
import orrery.kit.http.EventStream;
import orrery.kit.http.EventStream.Sent;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.server.studio.diagram.DiagramView;
import orrery.server.studio.diagram.Diagrams;
import orrery.server.studio.run.DiagramRuns.Deployment;
import orrery.server.surface.Studio;
import org.jspecify.annotations.Nullable;

/// Deployments of diagrams, and the stream that tells how their nodes are doing.
@Path("/v1/api/workflows/{id}")
@RunOnVirtualThread
@On(Studio.class)
public final class DiagramRunsApi {
    private final DiagramRuns runs;
    private final Diagrams diagrams;

    public DiagramRunsApi(DiagramRuns runs, Diagrams diagrams) {
        this.runs = runs;
        this.diagrams = diagrams;
    }

    /// @param cluster another cluster than the diagram's own, by name
    /// @param namespace said by older clients; each node says its own
    record Ask(
            @Nullable String cluster,
            @Nullable String namespace,
            @JsonProperty("trigger_data") @Nullable TriggerValues triggerData) {}

    record Started(
            String message,
            @JsonProperty("run_id") String runId,
            String status,
            int version,
            List<String> logs) {}

    @POST
    @Path("run")
    @Needs(value = "studio.diagrams.run", in = Place.HOME_PROJECT)
    public Answer<Started> run(
            @Context Grant grant, @PathParam("id") String id, @Nullable Ask body) {
        var asked = body == null ? new Ask(null, null, null) : body;
        var given = asked.triggerData() == null ? TriggerValues.NONE : asked.triggerData();
        var cluster = asked.cluster() == null || asked.cluster().isBlank()
                ? null : asked.cluster();
        var started = runs.start(grant, id, cluster, given);
        return Answer.ok(new Started("Workflow execution started", started.run().id(),
                "deploying", started.kept().number(), started.kept().logs()));
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record View(
            String id,
            @JsonProperty("workflow_id") String workflowId,
            int version,
            String status,
            @JsonProperty("started_at") Instant startedAt,
            @JsonProperty("completed_at") @Nullable Instant completedAt,
            @Nullable Long duration,
            @JsonProperty("node_states") JsonNode nodeStates,
            List<String> logs,
            @Nullable String error,
            @JsonProperty("triggered_by") String triggeredBy) {
        static View of(Deployment d) {
            var run = d.run();
            var end = run.completedAt();
            return new View(run.id(), d.kept().diagram(), d.kept().number(),
                    DiagramView.word(run.status()), run.createdAt(), end,
                    end == null ? null : run.duration(end).toMillis(),
                    d.kept().nodeStates(), d.kept().logs(),
                    run.error() == null ? null : run.error().message(), "manual");
        }
    }

    @GET
    @Path("runs")
    @Needs(value = "studio.runs.list", in = Place.HOME_PROJECT)
    public Answer<Page<View>> list(
            @Context Grant grant, @PathParam("id") String id, @Context PageAsk ask) {
        return Answer.page("runs", runs.list(grant, id, ask).map(View::of));
    }

    /// What live events look like here.
    record Envelope(
            String type,
            @JsonProperty("stream_key") String streamKey,
            @JsonProperty("event_type") String eventType,
            Instant timestamp,
            JsonNode data) {}

    /// First the whole diagram, then every change of a node's status and the end of each run.
    @GET
    @Path("status/stream")
    @Produces("text/event-stream")
    @Needs(value = "studio.diagrams.get", in = Place.HOME_PROJECT)
    public Answer<Void> stream(
            @Context Grant grant,
            @PathParam("id") String id,
            @HeaderParam("Last-Event-ID") @Nullable String after) {
        // Opened before the diagram is read, so that no change falls between.
        var subscription = runs.follow(grant, id, after);
        var metadata = Sent.snapshot("metadata", DiagramView.of(diagrams.get(grant, id)));
        return Answer.events(new EventStream(
                subscription, List.of(metadata), event -> sent(id, event)));
    }

    private static Optional<Sent> sent(String id, Event event) {
        var name = switch (event.type()) {
            case Diagrams.NODE_EVENT -> "node_update";
            case Diagrams.RUN_EVENT -> "run_update";
            default -> "";
        };
        return name.isEmpty() ? Optional.empty() : Optional.of(Sent.of(event, name, new Envelope(
                "workflow", "workflow:" + id, name, event.time(), event.data())));
    }
}
