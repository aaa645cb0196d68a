package orrery.server.operations.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import orrery.server.Listener;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs and events on the wire: as they are, and as they happen.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class RunsApiTest {
    private static final String RUNS = "/v1/regions/global/workflows/runs";

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
    }

    /// The run that made the neighbours' cluster.
    private String made() {
        return owner.get(RUNS + "?type=cluster.create&resourceId=" + all.cluster())
                .text("/data/0/id");
    }

    @ParameterizedTest
    @ValueSource(strings = {RUNS, "/v1/workflows/runs", "/v1/region/global/workflows/runs"})
    void aRunTellsWhatItDid(String path) {
        var told = owner.get(path + "/" + made());
        assertThat(told.status()).isEqualTo(200);
        assertThat(told.text("/data/id")).matches("run_[0-9A-Za-z]{26}");
        assertThat(told.text("/data/type")).isEqualTo("cluster.create");
        assertThat(told.text("/data/status")).isEqualTo("completed");
        assertThat(told.text("/data/resourceType")).isEqualTo("cluster");
        assertThat(told.text("/data/resourceId")).isEqualTo(all.cluster());
        assertThat(told.text("/data/projectId")).isEqualTo(all.project());
        assertThat(told.text("/data/triggeredBy")).startsWith("usr_");
        assertThat(told.json().at("/data/error").isNull()).isTrue();
        assertThat(told.json().at("/data/durationMs").asLong()).isPositive();
        assertThat(told.json().at("/data/steps").findValuesAsText("name"))
                .startsWith("begin").contains("ready").endsWith("running");
        assertThat(told.json().at("/data/steps").findValuesAsText("status"))
                .containsOnly("completed");
    }

    @Test
    void aListIsFilteredAndCut() {
        var list = RUNS + "?resourceType=cluster&resourceId=" + all.cluster();
        assertThat(ids(owner.get(list + "&type=cluster.create"))).containsExactly(made());
        assertThat(ids(owner.get(list + "&status=failed"))).isEmpty();
        assertThat(ids(owner.get(list + "&status=failed,completed&type=cluster.delete,"
                + "cluster.create"))).containsExactly(made());
        assertThat(ids(owner.get(list + "&type=cluster.delete&type=cluster.create")))
                .containsExactly(made());
        assertThat(ids(owner.get(RUNS + "?resourceId=nobody," + all.cluster()
                + "&type=cluster.create"))).containsExactly(made());
        assertThat(ids(owner.get(list + "&until=2001-01-01T00:00:00Z"))).isEmpty();
        assertThat(ids(owner.get(list + "&since=2001-01-01T00:00:00%2B02:00")))
                .contains(made());
        assertThat(owner.get(list).json().at("/data/0/steps").size()).isZero();

        var network = owner.post(all.compute() + "/clusters", Map.of("name", "leafed"));
        all.end(network);
        all.end(owner.delete(all.compute() + "/clusters/leafed"));
        // Of one type: loops start runs of others while we leaf.
        var made = RUNS + "?type=cluster.create";
        var whole = ids(owner.get(made + "&pageSize=500"));
        var first = owner.get(made + "&pageSize=1");
        var second = owner.get(made + "&pageSize=1&pageToken="
                + first.text("/meta/pagination/nextPageToken"));
        assertThat(Stream.concat(ids(first).stream(), ids(second).stream()))
                .isEqualTo(whole.subList(0, 2));
        var byOffset = owner.get(made + "&offset=1&pageSize=1");
        assertThat(ids(byOffset)).isEqualTo(whole.subList(1, 2));
        assertThat(byOffset.json().at("/meta/pagination/total").asInt())
                .isEqualTo(whole.size());
        for (var wrong : List.of(
                "colour=red", "status=happy", "status=failed,happy", "since=yesterday")) {
            assertThat(owner.get(RUNS + "?" + wrong).text("/error/code")).as(wrong)
                    .isEqualTo("INVALID_FILTER");
        }
        assertThat(owner.get(RUNS + "?sort=colour").text("/error/code")).isEqualTo("INVALID_SORT");
    }

    private static List<String> ids(Visitor.Heard page) {
        return page.json().at("/data").valueStream().map(r -> r.path("id").asText()).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/regions/global/workflows/metrics", "/v1/workflows/metrics"})
    void countsRunsByTypeAndStatusAndSaysHowLongTheyTook(String metrics) {
        made();
        var all = owner.get(metrics);
        assertThat(all.status()).as(all.raw().body()).isEqualTo(200);
        var one = owner.get(metrics + "?type=cluster.create&since=" + now().minusHours(1))
                .json().path("data");
        var listed = owner.get(RUNS + "?type=cluster.create&offset=0&since="
                + now().minusHours(1)).json().at("/meta/pagination/total").asLong();
        assertThat(one.at("/types").size()).isEqualTo(1);
        assertThat(one.at("/types/0/type").asText()).isEqualTo("cluster.create");
        assertThat(one.path("total").asLong()).isEqualTo(listed).isPositive()
                .isEqualTo(one.at("/types/0/total").asLong());
        var statuses = one.at("/types/0/statuses");
        assertThat(statuses.propertyStream().mapToLong(it -> it.getValue().asLong()).sum())
                .isEqualTo(listed);
        assertThat(statuses.path("completed").asLong()).isPositive();
        assertThat(statuses.has("attention")).as("none are left out").isTrue();
        var took = one.at("/types/0/durationMs");
        assertThat(took.path("p50").asLong()).isPositive()
                .isLessThanOrEqualTo(took.path("p90").asLong());
        assertThat(took.path("p99").asLong()).isLessThanOrEqualTo(took.path("max").asLong());
        assertThat(this.all.stranger().get(metrics).json().at("/data/total").asInt(-1))
                .isEqualTo(ids(this.all.stranger().get(RUNS + "?pageSize=500")).size());
        assertThat(owner.get(metrics + "?type=nothing").json().at("/data/types").size()).isZero();
        assertThat(owner.get(metrics + "?type=nothing,cluster.create").json().at("/data/types")
                .findValuesAsText("type")).containsExactly("cluster.create");
        assertThat(owner.get(metrics + "?since=" + now().minusDays(40))
                .json().at("/error/details/fields/since").asText()).contains("31 days");
        assertThat(owner.get(metrics + "?since=yesterday").status()).isEqualTo(400);
        assertThat(owner.get(metrics + "?colour=red").status()).isEqualTo(400);
        assertThat(Visitor.of(server).get(metrics).status()).isEqualTo(401);
    }

    private static OffsetDateTime now() {
        return OffsetDateTime.now(ZoneOffset.UTC);
    }

    @Test
    void whatIsOverIsNeitherCancelledNorRepeated() {
        for (var verb : List.of("/cancel", ":cancel", "/retry", ":retry")) {
            var refused = owner.post(RUNS + "/" + made() + verb, Map.of());
            assertThat(refused.status()).as(verb).isEqualTo(409);
            assertThat(refused.text("/error/code")).as(verb)
                    .isEqualTo("INVALID_STATE_TRANSITION");
        }
        assertThat(owner.get(RUNS + "/run_nothing").status()).isEqualTo(404);
        assertThat(owner.post(RUNS + "/run_nothing/cancel", Map.of()).status()).isEqualTo(404);
    }

    @Test
    void othersDoNotLearnThatItIsThere() {
        var path = RUNS + "/" + made();
        all.unknown("GET", path, null);
        all.unknown("GET", path + "/stream", null);
        all.unknown("POST", path + "/cancel", Map.of());
        all.unknown("POST", path + ":retry", Map.of());
        var stranger = all.stranger();
        var own = stranger.get(RUNS + "?pageSize=500").json().at("/data");
        assertThat(own.findValuesAsText("triggeredBy")).as("its own alone").isSubsetOf(
                stranger.get("/v1/regions/global/iam/users/profile").text("/data/id"));
        assertThat(stranger.get(RUNS + "?offset=0")
                .json().at("/meta/pagination/total").asInt()).isEqualTo(own.size());
    }

    @Test
    void aStreamTellsARunToItsEndAndGoesOnWhereItWasCut() {
        var asked = owner.post(all.compute() + "/clusters", Map.of("name", "followed"));
        var path = RUNS + "/" + asked.text("/meta/workflowId") + "/stream";
        List<Listener.Heard> whole;
        try (var listener = Listener.to(owner, path, null)) {
            assertThat(listener.status()).isEqualTo(200);
            assertThat(listener.header("Content-Type")).startsWith("text/event-stream");
            assertThat(listener.header("Cache-Control")).isEqualTo("no-cache");
            assertThat(listener.header("X-Accel-Buffering")).isEqualTo("no");
            var snapshot = listener.next();
            assertThat(snapshot.name()).isEqualTo("run");
            assertThat(snapshot.id()).as("no place to go on from").isNull();
            assertThat(snapshot.data().path("type").asText()).isEqualTo("cluster.create");
            whole = listener.rest();
        }
        assertThat(whole.getLast().name()).isEqualTo("run.completed");
        assertThat(whole).extracting(Listener.Heard::id).doesNotContainNull()
                .doesNotHaveDuplicates();
        try (var again = Listener.to(owner, path, whole.get(1).id())) {
            assertThat(again.next().name()).isEqualTo("run");
            assertThat(again.rest()).isEqualTo(whole.subList(2, whole.size()));
        }
        try (var late = Listener.to(owner, path, whole.getLast().id())) {
            assertThat(late.next().data().path("status").asText()).isEqualTo("completed");
            assertThat(late.rest()).as("it is over, and says so by ending").isEmpty();
        }
        assertThat(owner.with("Last-Event-ID", "nonsense").get(path).status()).isEqualTo(400);
        all.end(owner.delete(all.compute() + "/clusters/followed"));
    }

    @Test
    void theEventStreamShowsEachWhatIsTheirs() {
        var events = "/v1/regions/global/events/stream";
        try (var ours = Listener.to(owner, events, null);
                var theirs = Listener.to(all.stranger(), events, null)) {
            var made = owner.post(all.compute() + "/networks",
                    Map.of("name", "noticed", "cidr", "10.77.0.0/16")).text("/data/id");
            var theirNetwork = all.stranger().post("/v1/regions/main/projects/"
                    + all.stranger().get("/v1/regions/global/auth/me").text("/data/projectId")
                    + "/compute/networks", Map.of("cidr", "10.77.0.0/16")).text("/data/id");
            var seen = until(ours, made);
            assertThat(seen.data().path("type").asText()).isEqualTo("network.created");
            assertThat(seen.data().path("projectId").asText()).isEqualTo(all.project());
            assertThat(seen.data().path("actor").asText()).startsWith("usr_");
            var next = theirs.next();
            while (!next.data().path("resourceId").asText().equals(theirNetwork)) {
                assertThat(next.data().toString()).doesNotContain(made)
                        .doesNotContain(all.project());
                next = theirs.next();
            }
            owner.delete(all.compute() + "/networks/noticed");
            try (var again = Listener.to(owner, events, seen.id())) {
                assertThat(until(again, made).data().path("type").asText())
                        .isEqualTo("network.deleted");
            }
            theirs.awaitBeat();
        }
        assertThat(Visitor.of(server).get(events).status()).isEqualTo(401);
    }

    private static Listener.Heard until(Listener listener, String resource) {
        var next = listener.next();
        while (!next.data().path("resourceId").asText().equals(resource)) {
            next = listener.next();
        }
        return next;
    }
}
