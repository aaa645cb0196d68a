package orrery.server.operations.run;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import orrery.kit.access.Grant;
import orrery.kit.durable.Run;
import orrery.kit.events.Event;
import orrery.kit.http.Answer;
import orrery.kit.http.EventStream;
import orrery.kit.http.EventStream.Sent;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Query;
import org.jspecify.annotations.Nullable;

/// What the two paths of runs answer, the canonical one and its short form.
@Singleton
final class RunAnswers {
    private final VisibleRuns runs;
    private final Clock clock;

    RunAnswers(VisibleRuns runs, Clock clock) {
        this.runs = runs;
        this.clock = clock;
    }

    Answer<Page<RunView>> list(Grant grant, Query query, PageAsk ask) {
        return Answer.page(runs.list(grant, RunQuery.read(query), ask)
                .map(run -> RunView.of(run, List.of(), clock)));
    }

    Answer<RunView> get(Grant grant, String id) {
        return Answer.ok(show(grant, id));
    }

    RunView show(Grant grant, String id) {
        return view(runs.get(grant, id));
    }

    Answer<RunView> cancel(Grant grant, String id) {
        return accepted(runs.cancel(grant, id));
    }

    Answer<RunView> retry(Grant grant, String id, @Nullable String fromStep) {
        var next = runs.retry(grant, id, fromStep);
        return accepted(next).at(view(next).selfLink());
    }

    /// A snapshot of the run, then what happens to it, until it is over. A client that comes back
    /// with the last event it saw gets what it missed.
    Answer<Void> stream(Grant grant, String id, @Nullable String lastEventId) {
        var run = runs.get(grant, id).run();
        var subscription = runs.follow(grant, run, lastEventId);
        try {
            // Read after the subscription began: what happens in between is in one of them.
            var told = runs.get(grant, id);
            var snapshot = Sent.snapshot("run", view(told));
            boolean over = runs.isLast(grant, told.run(), lastEventId);
            return Answer.events(new EventStream(subscription,
                    List.of(over ? snapshot.andEnd() : snapshot), this::shown));
        } catch (RuntimeException failure) {
            subscription.close();
            throw failure;
        }
    }

    private Optional<Sent> shown(Event event) {
        var sent = Sent.of(event, event.type(), event.data());
        return Optional.of(switch (event.type()) {
            case "run.completed", "run.failed", "run.cancelled", "run.attention" -> sent.andEnd();
            default -> sent;
        });
    }

    private RunView view(VisibleRuns.Told told) {
        return RunView.of(told.run(), told.steps(), clock);
    }

    private Answer<RunView> accepted(VisibleRuns.Told told) {
        Run run = told.run();
        return Answer.accepted(view(told),
                new Answer.RunRef(run.id(), run.type(), run.status().text()));
    }
}
