package orrery.server.workspace.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.server.Listener;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import orrery.server.WorkspaceTenant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jspecify.annotations.Nullable;

/// Workspaces and their jobs on the wire.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class WorkspacesApiTest {
    private static final String WORKSPACES = "/api/v1/workspaces";
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TestHTTPResource
    URI server;

    @Inject
    Database database;

    @Inject
    Access access;

    private Neighbours all;
    private Visitor owner;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
    }

    @Test
    void aWorkspaceIsStoppedStartedAgainAndDeleted() {
        var path = WorkspaceTenant.up(all);
        var name = path.substring(path.lastIndexOf('/') + 1);
        var seen = owner.get(path);
        assertThat(seen.status()).isEqualTo(200);
        assertThat(seen.text("/status")).isEqualTo("Running");
        assertThat(seen.text("/name")).isEqualTo(name);
        assertThat(seen.text("/blueprint")).isEqualTo("base");
        assertThat(seen.text("/workspaceType")).isEqualTo("standalone");
        assertThat(seen.json().path("port").isInt()).isTrue();
        assertThat(owner.get(WORKSPACES).json().findValuesAsText("name")).contains(name);
        assertThat(owner.get(WORKSPACES + "/").status()).as("no redirect").isEqualTo(200);
        var taken = owner.post(WORKSPACES, Map.of("cluster", "home"));
        assertThat(taken.status()).isEqualTo(409);
        assertThat(taken.json().path("status").asInt()).isEqualTo(409);
        assertThat(taken.text("/msg")).contains(name);

        var stopping = owner.delete(path);
        assertThat(stopping.status()).isEqualTo(202);
        awaitStatus(path, "Stopped");
        assertThat(owner.delete(path).status()).as("stopped already").isEqualTo(202);
        var shut = owner.get(path + "/files?path=x");
        assertThat(shut.status()).isEqualTo(409);
        assertThat(shut.text("/msg")).contains("Stopped");

        var again = owner.post(WORKSPACES, Map.of("username", seen.text("/username")));
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.text("/workspace")).isEqualTo(name);
        assertThat(again.text("/monitorUrl"))
                .isEqualTo("/api/v1/jobs/" + again.text("/jobId"));
        followed(again.text("/monitorUrl"));
        assertThat(owner.get(path).text("/status")).isEqualTo("Running");

        assertThat(owner.delete(path + "?delete=true").text("/status")).isEqualTo("Terminating");
        Awaitility.await().atMost(PATIENCE).until(() -> owner.get(path).status() == 404);
        assertThat(owner.delete(path).status()).isEqualTo(404);
    }

    @Test
    void aProjectThatIsBeingDeletedTakesNoneIn() {
        deletion("run_for_a_test");
        try {
            var refused = owner.post(WORKSPACES, Map.of("cluster", "home"));
            assertThat(refused.status()).as(refused.raw().body()).isEqualTo(409);
            assertThat(refused.text("/msg")).contains("deleting");
        } finally {
            deletion(null);
        }
    }

    private void deletion(@Nullable String run) {
        database.write(access.system("test"), tx -> tx.handle().execute(
                "update project set deletion = ? where id = ?", run, all.project()));
    }

    private void awaitStatus(String path, String status) {
        Awaitility.await().atMost(PATIENCE)
                .until(() -> owner.get(path).text("/status").equals(status));
    }

    /// A job's stream tells its story to the end, also to those who come back or come late.
    private void followed(String monitor) {
        List<Listener.Heard> story;
        try (var listener = Listener.to(owner, monitor, null)) {
            assertThat(listener.header("Content-Type")).startsWith("text/event-stream");
            story = listener.rest();
        }
        var last = story.getLast();
        assertThat(last.name()).isEqualTo("progress");
        assertThat(last.data().path("status").asText()).isEqualTo("100");
        assertThat(last.data().path("message").asText()).isEqualTo("100% complete");
        assertThat(story).extracting(heard -> heard.data().path("type").asText())
                .containsOnly("status", "progress");
        var job = WorkspaceTenant.ended(all, monitor.substring(monitor.lastIndexOf('/') + 1));
        assertThat(job.path("result").asText()).isEqualTo("succeeded");
        assertThat(job.path("events").size()).isEqualTo(story.size());
        assertThat(job.path("finishedAt").asText()).startsWith("20");
        try (var back = Listener.to(owner, monitor, story.getFirst().id())) {
            assertThat(back.rest()).isEqualTo(story.subList(1, story.size()));
        }
        try (var late = Listener.to(owner, monitor, last.id())) {
            assertThat(late.rest()).isEmpty();
        }
    }

    @Test
    void itStaysOnItsCluster() {
        var path = WorkspaceTenant.up(all);
        owner.delete(path);
        awaitStatus(path, "Stopped");
        var clusters = all.compute() + "/clusters";
        var made = owner.post(clusters, Map.of("name", "away",
                "nodePools", List.of(Map.of("role", "control-plane"), Map.of("role", "worker"))));
        assertThat(all.end(made).path("status").asText()).isEqualTo("completed");
        var moved = owner.post(WORKSPACES, Map.of("cluster", "away"));
        assertThat(moved.status()).isEqualTo(409);
        assertThat(moved.text("/msg")).contains("another cluster than away");
        assertThat(owner.post(WORKSPACES, "{}").status()).as("it has a cluster").isEqualTo(202);
        assertThat(all.end(owner.delete(clusters + "/away")).path("status").asText())
                .isEqualTo("completed");
        awaitStatus(path, "Running");
    }

    @Test
    void aDeletionEndsTheJobThatItCancels() {
        var path = WorkspaceTenant.up(all);
        owner.delete(path);
        awaitStatus(path, "Stopped");
        var asked = owner.post(WORKSPACES, "{}");
        assertThat(asked.status()).isEqualTo(202);
        try (var listener = Listener.to(owner, asked.text("/monitorUrl"), null)) {
            assertThat(owner.delete(path + "?delete=true").status()).isEqualTo(202);
            var deletion = owner.get(path).text("/jobId");
            var last = listener.rest().getLast().data();
            assertThat(last.path("status").asText()).isIn("Error", "100");
            if (!deletion.isEmpty()) {
                assertThat(WorkspaceTenant.ended(all, deletion).path("result").asText())
                        .isEqualTo("succeeded");
            }
        }
        Awaitility.await().atMost(PATIENCE).until(() -> owner.get(path).status() == 404);
    }

    @Test
    void namesEverythingThatIsWrong() {
        var wrong = owner.post(WORKSPACES, Map.of("repoName", "x", "workloadKind", "Deployment"));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text("/msg")).contains("repoName", "workloadKind");
        var blueprint = owner.post(WORKSPACES, Map.of("blueprint", "palace"));
        assertThat(blueprint.status()).isEqualTo(400);
        assertThat(blueprint.text("/msg")).contains("palace", "base");
        assertThat(owner.post(WORKSPACES, Map.of("username", "somebody")).status())
                .isEqualTo(403);
        assertThat(owner.post(WORKSPACES, Map.of("cluster", "nowhere")).status())
                .isEqualTo(404);
        var none = all.stranger().post(WORKSPACES, "{}");
        assertThat(none.status()).isEqualTo(400);
        assertThat(none.text("/msg")).contains("cluster");
        assertThat(owner.get("/api/v1/jobs/run_nothing").status()).isEqualTo(404);
        assertThat(Visitor.of(server).get(WORKSPACES).text("/msg")).isEqualTo("Unauthorized");
    }

    @Test
    void othersDoNotLearnThatItIsThere() {
        var path = WorkspaceTenant.up(all);
        var job = "/api/v1/jobs/" + owner.get(path).text("/jobId");
        assertThat(owner.get(job).status()).isEqualTo(200);
        all.unknown("GET", path, null);
        all.unknown("DELETE", path, null);
        all.unknown("DELETE", path + "?delete=true", null);
        all.unknown("GET", path + "/files?path=x", null);
        all.unknown("PUT", path + "/files?path=x", "y");
        all.unknown("GET", job, null);
        assertThat(all.stranger().get(WORKSPACES).raw().body()).isEqualTo("[]");
        assertThat(owner.get(path).text("/status")).isEqualTo("Running");
    }
}
