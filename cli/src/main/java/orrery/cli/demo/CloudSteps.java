package orrery.cli.demo;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import orrery.cli.Answer;
import orrery.cli.EventStream;
import orrery.cli.Refused;

/// Steps 2 to 4, on the cloud surface: a key and its token, places to work in, a cluster.
final class CloudSteps {
    private static final String GLOBAL = "/v1/regions/global";

    /// Longer than any step of a cluster takes, real ones included.
    private static final Duration LIMIT = Duration.ofMinutes(30);

    private final Visit visit;

    CloudSteps(Visit visit) {
        this.visit = visit;
    }

    /// An API key, exchanged for a token of a quarter of an hour.
    String exchangeKey() {
        var session = visit.session();
        var organization = session.get(GLOBAL + "/auth/me").need("/data/organization/id");
        var key = session.post(GLOBAL + "/iam/apikeys", Map.of(
                "displayName", visit.name,
                "scope", "organization",
                "scopeId", organization));
        var id = key.need("/data/id");
        visit.undo.later("API key " + id, () -> session.delete(GLOBAL + "/iam/apikeys/" + id));
        var token = session.post(GLOBAL + "/auth/token", Map.of(
                "grant_type", "api_key",
                "api_key", key.need("/data/secret")));
        visit.exchanged(session.as(token.need("/data/access_token")));
        return "%s… exchanged for a token of %s s"
                .formatted(id.substring(0, 10), token.need("/data/expires_in"));
    }

    /// An organization, a project in it, a network in that.
    String makePlaces() {
        var organization = make("organization", GLOBAL + "/organizations",
                Map.of("name", visit.name, "displayName", "Demo " + visit.name));
        var project = make("project", GLOBAL + "/projects",
                Map.of("name", visit.name, "organizationId", organization));
        visit.projectIs(project);
        make("network", visit.compute() + "/networks",
                Map.of("name", visit.name, "cidr", "10.40.0.0/16"));
        return "organization and project " + visit.name + ", network 10.40.0.0/16";
    }

    private String make(String kind, String path, Map<String, ?> body) {
        var id = visit.api().post(path, body).need("/data/id");
        visit.undo.later(kind + " " + id, () -> remove(path + "/" + id));
        return id;
    }

    /// A deletion may be a run; then it is over when the run is.
    private void remove(String path) {
        var answer = visit.api().delete(path);
        if (answer.status() == 202) {
            follow(answer);
        }
    }

    /// A cluster, its run followed until it is done.
    String createCluster() {
        var path = visit.compute() + "/clusters";
        var accepted = visit.api().post(path, Map.of(
                "name", visit.name,
                "nodePools", List.of(
                        Map.of("role", "control-plane", "nodeCount", 1),
                        Map.of("role", "worker", "nodeCount", 2))));
        if (accepted.status() != 202) {
            throw new Refused("a cluster is a run: 202 expected, got " + accepted.status());
        }
        var cluster = path + "/" + accepted.need("/data/id");
        visit.clusterIs(accepted.need("/data/name"));
        visit.undo.later("cluster " + visit.name, () -> {
            remove(cluster);
            if (visit.api().ask(cluster).status() != 404) {
                throw new Refused(cluster + " still stands after the run that deleted it");
            }
        });
        var steps = follow(accepted);
        var state = visit.api().get(cluster).need("/data/state");
        if (!state.equals("running")) {
            throw new Refused(cluster + " is " + state + " after its run, not running");
        }
        return "running; steps: " + String.join(", ", steps);
    }

    /// Follows the run that was accepted, by server-sent events, until it is over.
    ///
    /// @return the names of its steps, in order
    private LinkedHashSet<String> follow(Answer accepted) {
        var id = accepted.need("/meta/workflowId");
        var steps = new LinkedHashSet<String>();
        var path = GLOBAL + "/workflows/runs/" + id;
        var stream = new EventStream(visit.api(), path);
        stream.follow(LIMIT, () -> "run " + id + " is not over", event -> {
            var run = event.json().has("data") ? event.json().path("data") : event.json();
            run.path("steps").forEach(step -> steps.add(step.path("name").asText()));
            return switch (run.path("status").asText()) {
                case "completed" -> true;
                case "failed", "cancelled" -> throw new Refused("run %s %s: %s".formatted(
                        id, run.path("status").asText(), run.path("error")));
                default -> false;
            };
        });
        return steps;
    }
}
