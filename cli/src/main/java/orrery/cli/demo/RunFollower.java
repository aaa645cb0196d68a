package orrery.cli.demo;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import orrery.cli.Answer;
import orrery.cli.EventStream;
import orrery.cli.Refused;

/// Follows runs by server-sent events until they are over.
final class RunFollower {
    /// Longer than any run of ours takes, on real clusters too.
    private static final Duration LIMIT = Duration.ofMinutes(30);

    private final Visit visit;

    RunFollower(Visit visit) {
        this.visit = visit;
    }

    /// A change is over when it was answered, or, when that was 202, when its run is.
    void await(Answer answer) {
        if (answer.status() == 202) {
            follow(answer);
        }
    }

    /// @return the names of the run's steps, in order
    Set<String> follow(Answer accepted) {
        var id = accepted.need("/meta/workflowId");
        var path = "/v1/regions/global/workflows/runs/" + id;
        var steps = new LinkedHashSet<String>();
        var stream = new EventStream(visit.operator(), path);
        stream.follow(LIMIT, () -> "run " + id + " is not over", event -> {
            var run = event.json().has("data") ? event.json().path("data") : event.json();
            run.path("steps").forEach(step -> steps.add(step.path("name").asText()));
            var status = run.path("status").asText();
            return switch (status) {
                case "completed" -> true;
                case "failed", "cancelled" ->
                    throw new Refused("run %s %s: %s".formatted(id, status, run.path("error")));
                default -> false;
            };
        });
        return steps;
    }
}
