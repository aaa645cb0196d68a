package orrery.server.workspace.job;

import jakarta.inject.Singleton;
import java.util.List;
import orrery.kit.access.Grant;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.events.Event;
import orrery.kit.events.EventFilter;
import orrery.kit.events.Events;
import orrery.kit.events.Feed;
import orrery.kit.events.Subject;
import orrery.kit.events.Subscription;
import orrery.server.workspace.workspace.Workspace;
import orrery.server.workspace.workspace.Workspaces;
import org.jspecify.annotations.Nullable;

/// Jobs: the runs that create, stop and delete workspaces, as those who wait for one see them.
@Singleton
public final class Jobs {
    /// A job tells its story in fewer events than this.
    private static final int EVENTS = 200;

    private final Workspaces workspaces;
    private final Runs runs;
    private final Events events;
    private final Feed feed;

    public Jobs(Workspaces workspaces, Runs runs, Events events, Feed feed) {
        this.workspaces = workspaces;
        this.runs = runs;
        this.events = events;
        this.feed = feed;
    }

    /// A job and what happened so far, oldest first.
    public record Job(Run run, Workspace workspace, List<Event> events) {
        public Job {
            events = List.copyOf(events);
        }
    }

    /// @throws orrery.kit.Problem.Failure [orrery.kit.Problem.NotFound] when the caller has no
    ///     such job
    public Job get(Grant grant, String id) {
        var workspace = workspaces.ofJob(grant, id);
        var story = events.list(grant, filter(grant, workspace), null, EVENTS).reversed().stream()
                .filter(event -> isOf(event, id)).toList();
        return new Job(runs.get(grant, id), workspace, story);
    }

    /// What will happen to a job's workspace.
    ///
    /// @param after the last event that was seen; `null` for from now on
    public Subscription follow(Grant grant, Workspace workspace, @Nullable String after) {
        return feed.subscribe(grant, filter(grant, workspace), after);
    }

    /// Whether an event belongs to this job.
    static boolean isOf(Event event, String job) {
        return (event.type().equals(Workspaces.STATUS_EVENT)
                || event.type().equals(Workspaces.PROGRESS_EVENT))
                && event.data().path("job").asText().equals(job);
    }

    private static EventFilter filter(Grant grant, Workspace workspace) {
        return EventFilter.of(grant.scope(), new Subject(Workspaces.KIND, workspace.id()));
    }
}
