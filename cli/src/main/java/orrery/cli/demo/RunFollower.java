package orrery.cli.demo;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import orrery.cli.Answer;
import orrery.cli.EventStream;
import orrery.cli.Refused;

/// Follows runs by server-sent events until they are over.
final class RunFollower {
    /// Longer than any run of ours takes, on real clusters too.
    private static final Duration LIMIT = Duration.ofMinutes(30);

    private static final Set<String> OVER = Set.of("completed", "failed", "cancelled");

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
    List<String> follow(Answer accepted) {
        return follow(accepted.need("/meta/workflowId"));
    }

    List<String> follow(String id) {
        var path = "/v1/regions/global/workflows/runs/" + id;
        new EventStream(visit.operator(), path + "/stream").follow(
                LIMIT, () -> "run " + id + " is not over", event -> isOver(event));
        var run = visit.operator().get(path);
        if (!run.need("/data/status").equals("completed")) {
            throw new Refused("run %s %s: %s".formatted(
                    id, run.need("/data/status"), run.json().at("/data/error")));
        }
        return run.json().at("/data/steps").findValuesAsText("name");
    }

    /// First comes the run as it is, then what happens to it.
    private static boolean isOver(EventStream.Event event) {
        return switch (event.name()) {
            case "run.completed", "run.failed", "run.cancelled", "run.attention" -> true;
            default -> OVER.contains(event.json().path("status").asText());
        };
    }
}
