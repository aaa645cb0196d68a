package orrery.server.operations.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import orrery.kit.access.Access;
import orrery.kit.config.Configuration;
import orrery.kit.db.Database;
import orrery.server.Canaries;
import orrery.server.Neighbours;
import orrery.server.SimulatedRegion;
import orrery.server.SimulatedServer;
import orrery.server.WorkspaceTenant;
import org.junit.jupiter.api.Test;

/// What runs work with in secret stands in no journal, event, log or file of theirs: the region's
/// way in, a created cluster's, a kubeconfig's, a diagram's values, people's credentials.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class RunCanariesTest {
    private static final Pattern WAY_IN =
            Pattern.compile("(?:token|client-key-data): *\"?([\\w.+/=-]{16,})");

    @TestHTTPResource
    URI server;

    @Inject
    Database database;

    @Inject
    Access access;

    @Inject
    Configuration settings;

    private final Canaries canaries = new Canaries();
    private final List<String> answers = new ArrayList<>();

    @Test
    void noRunKeepsASecret() throws IOException {
        var all = Neighbours.on(server);
        wayIn("the region", Files.readString(SimulatedRegion.kubeconfig()));
        wayIntoClusters();
        assertThat(canaries.size()).as("the cluster that was created has one too")
                .isGreaterThan(1);
        kubeconfig(all);
        diagram(all);
        canaries.plant("a git token", "cny-git-" + UUID.randomUUID());
        answers.add(all.owner().post("/api/v1/me/credentials/git", Map.of("subject", "cny",
                "scope", "cny.example", "secret", canaries.get("a git token"))).raw().body());
        answers.add(all.owner().get(WorkspaceTenant.up(all)).raw().body());
        var runs = all.owner().get("/v1/workflows/runs?pageSize=500");
        runs.json().path("data").forEach(run -> answers.add(all.owner().get(
                "/v1/workflows/runs/" + run.path("id").asText()).raw().body()));
        assertThat(runs.json().path("data").findValuesAsText("type"))
                .contains("cluster.create", "diagram.run");

        var dump = Canaries.dump(database, access);
        assertThat(dump.get("public.run_step")).as("the journal").isNotEmpty();
        var found = new ArrayList<>(canaries.in(dump));
        answers.forEach(body -> found.addAll(canaries.in("an answer", body)));
        found.addAll(canaries.in("the log of requests",
                Files.readString(Path.of("target", "requests.jsonl"))));
        var seen = new ArrayList<String>();
        Canaries.eachFile(settings, (name, text) -> {
            found.addAll(canaries.in(name, text));
            if (text.contains("cny.example")) {
                seen.add(name);
            }
        });
        assertThat(seen).as("the log of changes is among what was read")
                .anyMatch(name -> name.startsWith("pg_wal"));
        assertThat(found).isEmpty();
    }

    /// The secret of a kubeconfig: a token, or a key, of which one line will do.
    private void wayIn(String whose, String kubeconfig) {
        var match = WAY_IN.matcher(kubeconfig);
        for (int i = 0; match.find(); i++) {
            canaries.plant("way into " + whose + ", as it is written " + i, match.group(1));
            if (match.group().startsWith("client-key-data")) {
                canaries.plant("way into " + whose + ", a line of the key " + i,
                        new String(Base64.getDecoder().decode(match.group(1)),
                                StandardCharsets.UTF_8).lines().skip(1).findFirst()
                                .orElseThrow());
            }
        }
    }

    private void wayIntoClusters() throws IOException {
        try (var client = new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(
                Files.readString(SimulatedRegion.kubeconfig()))).build()) {
            client.secrets().inAnyNamespace().list().getItems().stream()
                    .filter(it -> it.getMetadata().getName().endsWith("-kubeconfig"))
                    .map(it -> it.getData() == null ? null : it.getData().get("value"))
                    .filter(Objects::nonNull)
                    .forEach(value -> wayIn("cluster " + canaries.size(), new String(
                            Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        }
    }

    private void kubeconfig(Neighbours all) {
        var path = all.compute() + "/clusters/" + all.cluster() + "/kubeconfigs";
        var issued = all.owner().post(path, Map.of("name", "canary"));
        answers.add(issued.raw().body());
        if (issued.status() == 202) {
            answers.add(all.end(issued).toString());
        }
        wayIn("the kubeconfig", all.owner().get(path + "/canary/download").raw().body());
        var revoked = all.owner().delete(path + "/" + issued.text("/data/id"));
        if (revoked.status() == 202) {
            answers.add(all.end(revoked).toString());
        }
    }

    private void diagram(Neighbours all) {
        canaries.plant("a diagram's value", "cny-value-" + UUID.randomUUID());
        canaries.plant("a variable", "cny-variable-" + UUID.randomUUID());
        var workflows = "/v1/api/workflows";
        var path = workflows + "/" + all.owner().post(workflows, Map.of("name", "Canary",
                "cluster_id", "home", "nodes", List.of(
                        node("web", "deployment", Map.of("name", "cny", "image", "nginx",
                                "port", 80, "replicas", 1)),
                        node("s", "secret", Map.of("name", "cny-keys", "keys",
                                List.of(Map.of("id", "k", "name", "K"))))))).text("/id");
        all.owner().put(path + "/status", Map.of("status", "published"));
        var run = all.owner().post(path + "/run", Map.of("trigger_data", Map.of(
                "secrets", Map.of("s", Map.of("K", canaries.get("a diagram's value"))),
                "envVars", Map.of("web", Map.of("V", canaries.get("a variable"))))));
        assertThat(run.status()).as(run.raw().body()).isEqualTo(200);
        answers.add(run.raw().body());
        JsonNode ended = all.end(run.text("/run_id"));
        assertThat(ended.path("status").asText()).isEqualTo("completed");
        answers.add(ended.toString());
        answers.add(all.owner().get(path).raw().body());
        answers.add(all.owner().get(path + "/runs").raw().body());
        assertThat(all.owner().delete(path).status()).isEqualTo(200);
    }

    private static Map<String, Object> node(String id, String type, Map<String, Object> data) {
        return Map.of("id", id, "type", type, "position", Map.of("x", 0, "y", 0), "data", data);
    }
}
