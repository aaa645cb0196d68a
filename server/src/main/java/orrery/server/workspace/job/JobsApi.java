package orrery.server.workspace.job;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orrery.kit.access.Grant;
import orrery.kit.durable.Status;
import orrery.kit.events.Event;
import orrery.kit.events.Position;
import orrery.kit.http.Answer;
import orrery.kit.http.EventStream;
import orrery.kit.http.EventStream.Sent;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.kit.http.TokenScope;
import orrery.server.surface.Workspace;
import orrery.server.workspace.job.Jobs.Job;
import orrery.server.workspace.workspace.Workspaces;
import org.jspecify.annotations.Nullable;

/// How a job goes: as it is now, or as a stream that tells its story from the beginning and ends
/// with it.
@Path("/api/v1/jobs/{job}")
@RunOnVirtualThread
@On(Workspace.class)
public final class JobsApi {
    /// How clients of this family write "not yet".
    private static final String NEVER = "0001-01-01T00:00:00Z";
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    private final Jobs jobs;

    public JobsApi(Jobs jobs) {
        this.jobs = jobs;
    }

    /// @param status `running` or `completed`; [#result] says how it ended
    /// @param result `succeeded`, `failed` or empty
    record View(
            String id,
            String workspaceName,
            String username,
            String status,
            String result,
            @Nullable String error,
            Instant createdAt,
            Instant updatedAt,
            String finishedAt,
            List<Told> events) {
        static View of(Job job) {
            var run = job.run();
            var told = new ArrayList<Told>();
            for (var event : job.events()) {
                told.add(Told.of(told.size() + 1, event));
            }
            var last = job.events().isEmpty() ? run.createdAt() : job.events().getLast().time();
            return new View(run.id(), job.workspace().name(), job.workspace().username(),
                    run.status().isOver() ? "completed" : "running", result(run.status()),
                    run.error() == null ? null : run.error().message(),
                    run.createdAt(), last,
                    run.completedAt() == null ? NEVER : run.completedAt().toString(), told);
        }

        private static String result(Status status) {
            return switch (status) {
                case PENDING, RUNNING -> "";
                case COMPLETED -> "succeeded";
                case FAILED, CANCELLED, ATTENTION -> "failed";
            };
        }
    }

    /// One event of a job.
    ///
    /// @param type `status` or `progress`
    /// @param status the workspace's status, or the percentage
    record Told(
            long id, String type, String timestamp, String objectName, String message,
            String status) {
        static Told of(long id, Event event) {
            var data = event.data();
            var isStatus = event.type().equals(Workspaces.STATUS_EVENT);
            return new Told(id, isStatus ? "status" : "progress", LOCAL.format(event.time()),
                    data.path("name").asText(),
                    isStatus ? data.path("message").asText()
                            : data.path("progress").asInt() + "% complete",
                    isStatus ? data.path("status").asText() : data.path("progress").asText());
        }

        boolean isLast() {
            return type.equals("progress") && status.equals("100")
                    || type.equals("status") && status.equals("Error");
        }
    }

    @GET
    @Produces({"application/json", "text/event-stream"})
    @Needs(value = "workspace.jobs.get", in = Place.HOME_PROJECT)
    @TokenScope("workspace:read")
    public Answer<?> get(
            @Context Grant grant,
            @PathParam("job") String id,
            @HeaderParam("Accept") @Nullable String accept,
            @HeaderParam("Last-Event-ID") @Nullable String after) {
        return accept != null && accept.contains("text/event-stream")
                ? Answer.events(stream(grant, id, after)) : Answer.ok(View.of(jobs.get(grant, id)));
    }

    private EventStream stream(Grant grant, String id, @Nullable String after) {
        var workspace = jobs.get(grant, id).workspace();
        // Opened before the story is read, so that nothing falls between; what comes twice is
        // left out.
        var subscription = jobs.follow(grant, workspace, after);
        var job = jobs.get(grant, id);
        var over = job.run().status().isOver()
                || job.events().stream().anyMatch(event -> Told.of(0, event).isLast());
        var story = after == null ? job.events() : !over ? List.<Event>of()
                : job.events().stream().filter(event -> isAfter(event, after)).toList();
        if (over) {
            // Nothing more will come, not even for whoever has seen the end before.
            subscription.close();
        }
        var known = story.isEmpty() ? null : story.getLast().position();
        return new EventStream(subscription, story.stream().map(JobsApi::sent).toList(),
                event -> isNews(event, id, known) ? Optional.of(sent(event)) : Optional.empty());
    }

    private static boolean isAfter(Event event, String position) {
        return event.position().compareTo(Position.parse(position)) > 0;
    }

    private static boolean isNews(Event event, String id, @Nullable Position known) {
        return Jobs.isOf(event, id) && (known == null || event.position().compareTo(known) > 0);
    }

    private static Sent sent(Event event) {
        var told = Told.of(event.position().seq(), event);
        var sent = Sent.of(event, told.type(), told);
        return told.isLast() ? sent.andEnd() : sent;
    }
}
