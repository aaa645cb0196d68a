package orrery.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import orrery.cli.EventStream;
import orrery.cli.Patience;
import orrery.cli.Refused;

/// Steps 6 and 7, on the studio surface: the same cluster, and a Compose file brought to life on
/// it.
final class StudioSteps {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Map<String, String> KINDS = Map.of(
            "deployment", "Deployment", "statefulset", "StatefulSet", "service", "Service");

    private final Visit visit;
    private final RunFollower runs;
    private final Patience patience;
    private final ComposeFile file;

    StudioSteps(Visit visit, RunFollower runs, Patience patience, ComposeFile file) {
        this.visit = visit;
        this.runs = runs;
        this.patience = patience;
        this.file = file;
    }

    /// What the cloud surface made stands in the studio's list.
    String findCluster() {
        var clusters = visit.api().get("/v1/api/clusters").json().path("clusters");
        for (var cluster : clusters) {
            if (cluster.path("name").asText().equals(visit.clusterName())) {
                return "GET /v1/api/clusters lists %s: %s, Kubernetes %s".formatted(
                        visit.clusterName(), cluster.path("status").asText(),
                        cluster.at("/metadata/version").asText("?"));
            }
        }
        throw new Refused("GET /v1/api/clusters does not list " + visit.clusterName()
                + ", only " + clusters.findValuesAsText("name"));
    }

    /// Upload, analysis, workflow, published, run, healthy, and what kubectl says to that.
    String deploy() {
        var analysis = upload();
        var id = visit.api().post("/v1/api/import/create-workflow", Map.of(
                "name", visit.name,
                "clusterId", visit.clusterName(),
                "analysis", analysis)).need("/workflow/id");
        var path = "/v1/api/workflows/" + id;
        visit.undo.later("workflow " + id, () -> archive(path));
        visit.api().put(path + "/status", Map.of("status", "published"));
        var nodes = visit.api().get(path).json().path("nodes");
        // Every family's runs are the same runs: one that fails says why in its own words.
        runs.follow(visit.api().post(path + "/run",
                Map.of("trigger_data", Map.of("secrets", secrets(nodes, analysis))))
                .need("/run_id"));
        int healthy = awaitHealthy(path + "/status/stream");
        var objects = awaitObjects(nodes);
        return "%s: %d services, %d nodes healthy\n%s shows %s%s".formatted(
                file.name(), analysis.path("services").size(), healthy,
                visit.kubernetes().program(), String.join(", ", objects), notes(analysis));
    }

    private JsonNode upload() {
        var boundary = "orrery-" + visit.name;
        var body = """
                --%1$s\r
                Content-Disposition: form-data; name="namespace"\r
                \r
                default\r
                --%1$s\r
                Content-Disposition: form-data; name="file"; filename="%2$s"\r
                Content-Type: application/yaml\r
                \r
                %3$s\r
                --%1$s--\r
                """.formatted(boundary, file.name().replace('"', '_'), file.text());
        var answer = visit.api().upload("POST", "/v1/api/import/upload",
                "multipart/form-data; boundary=" + boundary,
                body.getBytes(StandardCharsets.UTF_8));
        var analysis = answer.json().path("analysis");
        if (!analysis.path("errors").isEmpty()) {
            throw new Refused(file.name() + ": "
                    + String.join("; ", analysis.path("errors").findValuesAsText("message")));
        }
        if (analysis.path("services").isEmpty()) {
            throw new Refused(file.name() + " has no services");
        }
        return analysis;
    }

    /// Values for the keys of secrets whose content did not come with the file. What came with it
    /// is masked in the analysis, because the server keeps it sealed and gives it to the run.
    private static Map<String, Map<String, String>> secrets(JsonNode nodes, JsonNode analysis) {
        var values = new HashMap<String, String>();
        for (var service : analysis.path("services")) {
            service.path("environment").properties()
                    .forEach(e -> values.put(e.getKey(), e.getValue().asText()));
        }
        var secrets = new HashMap<String, Map<String, String>>();
        for (var node : nodes) {
            if (node.path("type").asText().equals("secret")) {
                var entries = new HashMap<String, String>();
                for (var key : node.at("/data/keys").findValuesAsText("name")) {
                    if (!values.getOrDefault(key, "").startsWith("***")) {
                        entries.put(key, values.getOrDefault(key, "demo"));
                    }
                }
                secrets.put(node.path("id").asText(), entries);
            }
        }
        return secrets;
    }

    /// @return the number of nodes, all of them healthy
    private int awaitHealthy(String path) {
        var states = new TreeMap<String, String>();
        new EventStream(visit.api(), path).follow(LIMIT, () -> "not healthy: " + states, event -> {
            var json = event.json();
            if (event.name().equals("metadata")) {
                json.path("nodes").forEach(node -> states.merge(node.path("id").asText(),
                        node.at("/data/_status/state").asText("unknown"),
                        (known, said) -> said.equals("unknown") ? known : said));
            } else if (event.name().equals("node_update")) {
                states.put(json.at("/data/node_id").asText(),
                        json.at("/data/status/state").asText());
            }
            return !states.isEmpty() && states.values().stream().allMatch(StudioSteps::isGood);
        });
        return states.size();
    }

    private static boolean isGood(String state) {
        return switch (state) {
            case "healthy", "created", "Bound", "running", "active", "stable" -> true;
            default -> false;
        };
    }

    /// The Deployments and Services that the file asks for, as the cluster itself lists them.
    private List<String> awaitObjects(JsonNode nodes) {
        var wanted = StreamSupport.stream(nodes.spliterator(), false)
                .filter(node -> KINDS.containsKey(node.path("type").asText()))
                .map(node -> "%s/%s/%s".formatted(KINDS.get(node.path("type").asText()),
                        node.at("/data/namespace").asText("default"),
                        node.at("/data/name").asText()))
                .sorted()
                .toList();
        patience.until(Duration.ofSeconds(20), () -> "the cluster does not list all of " + wanted,
                () -> visit.kubernetes()
                        .list(List.of("deployments", "statefulsets", "services"))
                        .containsAll(wanted));
        return wanted.stream().map(name -> name.replace("/default/", " ")).toList();
    }

    private static String notes(JsonNode analysis) {
        var notes = new ArrayList<String>();
        analysis.path("warnings").forEach(warning -> notes.add("\n" + warning.asText()));
        return String.join("", notes);
    }

    private void archive(String path) {
        var answer = visit.api().put(path + "/status", Map.of("status", "archived"));
        if (answer.json().hasNonNull("warning")) {
            throw new Refused(answer.json().path("warning").asText());
        }
        visit.api().delete(path);
    }
}
