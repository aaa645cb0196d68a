package orrery.server.surface;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The header `Idempotency-Key`, as a caller sees it whose answer was lost.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class RepeatedRequestsTest {
    @TestHTTPResource
    URI server;

    private Neighbours all;
    private String networks;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        networks = all.compute() + "/networks";
    }

    private Visitor once(String key) {
        return all.owner().with("Idempotency-Key", key);
    }

    private static boolean isReplayed(Visitor.Heard heard) {
        return "true".equals(heard.header("Idempotent-Replayed"));
    }

    @Test
    void theSameRequestIsAnsweredAgainAndNotCarriedOutAgain() {
        var asked = Map.of("name", "once", "cidr", "10.110.0.0/16");
        var first = once("make").post(networks, asked);
        assertThat(first.status()).isEqualTo(201);
        assertThat(isReplayed(first)).isFalse();
        var again = once("make").post(networks, asked);
        assertThat(again.status()).isEqualTo(201);
        assertThat(isReplayed(again)).isTrue();
        assertThat(again.raw().body()).isEqualTo(first.raw().body());
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));

        var other = once("make").post(networks, Map.of("cidr", "10.111.0.0/16"));
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.text("/error/code")).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        var path = networks + "/" + first.text("/data/id");
        assertThat(once("make").delete(path).status()).as("another path, another key")
                .isEqualTo(204);
        var gone = once("make").delete(path);
        assertThat(gone.status()).as("the answer that was lost").isEqualTo(204);
        assertThat(isReplayed(gone)).isTrue();
        assertThat(all.owner().delete(path).status()).isEqualTo(404);
    }

    @Test
    void aRefusalThatChangedNothingMayBeMendedUnderTheSameKey() {
        assertThat(once("mend").post(networks, Map.of("cidr", "nonsense")).status())
                .isEqualTo(400);
        var mended = once("mend").post(networks, Map.of("cidr", "10.112.0.0/16"));
        assertThat(mended.status()).isEqualTo(201);
        assertThat(isReplayed(mended)).isFalse();
        var long256 = once("k".repeat(256)).post(networks, Map.of("cidr", "10.113.0.0/16"));
        assertThat(long256.status()).isEqualTo(400);
        assertThat(long256.text("/error/details/fields/Idempotency-Key")).contains("255");
        all.owner().delete(networks + "/" + mended.text("/data/id"));
    }

    @Test
    void aKeyIsItsCallersOwn() {
        var keys = "/v1/regions/global/iam/apikeys";
        var theirs = all.stranger().get("/v1/regions/global/auth/me").text("/data/projectId");
        var asked = Map.of("displayName", "twice", "scope", "project", "scopeId", theirs);
        var first = all.stranger().with("Idempotency-Key", "shared").post(keys, asked);
        assertThat(first.status()).as(first.raw().body()).isEqualTo(201);
        var again = all.stranger().with("Idempotency-Key", "shared").post(keys, asked);
        assertThat(again.text("/data/secret")).as("it is shown to whoever asked for it")
                .isEqualTo(first.text("/data/secret")).isNotEmpty();
        var ours = once("shared").post(keys, asked);
        assertThat(isReplayed(ours)).isFalse();
        assertThat(ours.raw().body()).doesNotContain(first.text("/data/secret"));
    }

    @Test
    void theStudioKeepsAnswersToo() {
        var workflows = "/v1/api/workflows";
        var asked = Map.of("name", "Once", "cluster_id", "home");
        var first = once("draw").post(workflows, asked);
        var again = once("draw").post(workflows, asked);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text("/id")).isEqualTo(first.text("/id"));
        var other = once("draw").post(workflows, Map.of("name", "Other"));
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.text("/error")).isNotEmpty();
        all.owner().delete(workflows + "/" + first.text("/id"));
    }

    @Test
    void manyAtOnceAreOne() throws Exception {
        var clusters = all.compute() + "/clusters";
        var asks = new ArrayList<Callable<Visitor.Heard>>();
        for (int i = 0; i < 12; i++) {
            asks.add(() -> once("rush").post(clusters, Map.of("name", "rushed")));
        }
        String id = null;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(asks)) {
                var heard = answer.get();
                if (heard.status() == 202) {
                    assertThat(id == null || id.equals(heard.text("/data/id"))).isTrue();
                    id = heard.text("/data/id");
                } else {
                    assertThat(heard.status()).as(heard.raw().body()).isEqualTo(409);
                    assertThat(heard.text("/error/code")).isEqualTo("IDEMPOTENCY_IN_PROGRESS");
                }
            }
        }
        assertThat(id).isNotNull();
        assertThat(all.owner().get(clusters + "?search=rushed").json().at("/data").size())
                .isEqualTo(1);
        all.end(all.owner().delete(clusters + "/rushed"));
    }
}
