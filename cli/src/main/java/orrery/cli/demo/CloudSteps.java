package orrery.cli.demo;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.cli.Answer;
import orrery.cli.Api;
import orrery.cli.Refused;

/// Steps 2 to 4, on the cloud surface: a key and its token, places to work in, a cluster.
final class CloudSteps {
    private static final String GLOBAL = "/v1/regions/global";

    private final Visit visit;
    private final RunFollower runs;
    private String secret = "";

    CloudSteps(Visit visit, RunFollower runs) {
        this.visit = visit;
        this.runs = runs;
    }

    /// An API key, exchanged for a token of a quarter of an hour.
    String exchangeKey() {
        var session = visit.session();
        var key = session.post(GLOBAL + "/iam/apikeys", Map.of(
                "displayName", visit.name,
                "scope", "platform"));
        var id = key.need("/data/id");
        visit.undo.later("API key " + id, () -> session.delete(GLOBAL + "/iam/apikeys/" + id));
        secret = key.need("/data/secret");
        var token = exchange(Map.of());
        visit.exchanged(session.as(token.need("/data/access_token")));
        return "%s… exchanged for a token of %s s"
                .formatted(id.substring(0, 10), token.need("/data/expires_in"));
    }

    private Answer exchange(Map<String, ?> narrowing) {
        var body = new HashMap<String, Object>(narrowing);
        body.put("grant_type", "api_key");
        body.put("api_key", secret);
        return visit.session().post(GLOBAL + "/auth/token", body);
    }

    /// An organization, a project in it, a token for just that, a network.
    String makePlaces() {
        var organization = make(visit.operator(), "organization", GLOBAL + "/organizations",
                Map.of("name", visit.name, "displayName", "Demo " + visit.name));
        var project = make(visit.operator(), "project", GLOBAL + "/projects",
                Map.of("name", visit.name, "organizationId", organization));
        var token = exchange(Map.of("scope_narrowing",
                Map.of("scope", "project", "scopeId", project)));
        visit.worksIn(project, visit.session().as(token.need("/data/access_token")));
        make(visit.api(), "network", visit.compute() + "/networks",
                Map.of("name", visit.name, "cidr", "10.40.0.0/16"));
        return "organization and project " + visit.name + ", network 10.40.0.0/16";
    }

    private String make(Api api, String kind, String path, Map<String, ?> body) {
        var id = api.post(path, body).need("/data/id");
        visit.undo.later(kind + " " + id, () -> runs.await(api.delete(path + "/" + id)));
        return id;
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
            runs.await(visit.api().delete(cluster));
            if (visit.api().ask(cluster).status() != 404) {
                throw new Refused(cluster + " still stands after the run that deleted it");
            }
        });
        var steps = runs.follow(accepted);
        var state = visit.api().get(cluster).need("/data/state");
        if (!state.equals("running")) {
            throw new Refused(cluster + " is " + state + " after its run, not running");
        }
        return "running after %d steps of its run: %s, …, %s".formatted(
                steps.size(), steps.getFirst(), steps.getLast());
    }
}
