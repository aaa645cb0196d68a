package orrery.server.infrastructure.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class PoolsApiTest {
    private static final String POOLS = "/v1/regions/global/pools";

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;
    private String servers;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        servers = all.compute().replace("/compute", "/infrastructure/servers");
    }

    /// Registers servers of one rack, and tells their identifiers when they are available.
    private List<String> rack(String rack, int count) {
        var made = owner.post(servers + ":batchCreate", Map.of("servers",
                IntStream.range(0, count).mapToObj(i -> Map.of("name", rack + "-" + i,
                        "bmcAddress", rack + "-" + i + ".bmc.example",
                        "tags", Map.of("rack", rack), "gpu", Map.of("model", "H100", "count", 8),
                        "bmc", Map.of("username", "root", "password", "calvin",
                                "bootMacAddress", "52:54:00:12:34:56"))).toList()));
        assertThat(made.json().at("/data/succeeded")).as(made.raw().body()).hasSize(count);
        var ids = new ArrayList<String>();
        for (var one : made.json().at("/data/succeeded")) {
            all.end(one.path("currentRunId").asText());
            ids.add(one.path("id").asText());
        }
        return ids;
    }

    private String pool(String name, Map<String, ?> selector) {
        var made = owner.post(POOLS, Map.of("name", name, "selector", selector));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        return POOLS + "/" + made.text("/data/id");
    }

    private Visitor.Heard allocate(String pool, int count) {
        return owner.post(pool + ":allocate",
                Map.of("count", count, "projectId", all.project()));
    }

    private void ends(Visitor.Heard accepted) {
        assertThat(accepted.status()).as(accepted.raw().body()).isEqualTo(202);
        assertThat(all.end(accepted).path("status").asText()).isEqualTo("completed");
    }

    private void decommission(String rack, int count) {
        for (int i = 0; i < count; i++) {
            ends(owner.delete(servers + "/" + rack + "-" + i));
        }
    }

    @Test
    void aPoolLivesFromCreationToDeletion() {
        rack("pa", 2);
        var pool = pool("alpha", Map.of("matchLabels", Map.of("rack", "pa"), "gpuModel", "H100",
                "minGpuCount", 8, "region", "main"));
        var there = owner.get(POOLS + "/alpha");
        assertThat(there.text("/data/id")).matches("pool_[0-9A-Za-z]{26}");
        assertThat(there.text("/data/selector/matchLabels/rack")).isEqualTo("pa");
        assertThat(there.json().at("/data/capacity/total").asInt()).isEqualTo(2);
        assertThat(there.json().at("/data/capacity/available").asInt()).isEqualTo(2);
        assertThat(owner.get(pool + "/servers").json().at("/data").valueStream()
                .map(it -> it.path("name").asText()))
                .containsExactlyInAnyOrder("pa-0", "pa-1");
        assertThat(owner.post(POOLS, Map.of("name", "alpha", "selector", Map.of()))
                .text("/error/code")).isEqualTo("ALREADY_EXISTS");
        assertThat(owner.get(POOLS).json().at("/data").findValuesAsText("name"))
                .contains("alpha");
        var version = there.header("ETag");
        var changed = owner.with("If-Match", version).patch(pool, Map.of("displayName", "A",
                "selector", Map.of("matchLabels", Map.of("rack", "pa"), "minGpuCount", 9)));
        assertThat(changed.json().at("/data/capacity/total").asInt()).isZero();
        assertThat(owner.with("If-Match", version).patch(pool, Map.of("displayName", "B"))
                .text("/error/code")).isEqualTo("PRECONDITION_FAILED");
        assertThat(owner.patch(pool, "{}").status()).isEqualTo(400);
        var wrong = owner.post(POOLS, Map.of("name", "NO", "selector", Map.of(
                "minGpuCount", -1, "gpuModel", "a b", "matchLabels", Map.of("a b", "c"))));
        assertThat(wrong.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey)).containsExactlyInAnyOrder("name",
                        "selector.minGpuCount", "selector.gpuModel",
                        "selector.matchLabels.a b");
        assertThat(owner.delete(pool).status()).isEqualTo(204);
        assertThat(owner.get(pool).status()).isEqualTo(404);
        decommission("pa", 2);
    }

    @Test
    void givesAsManyAsWereAskedForOrNone() {
        var ids = rack("pb", 3);
        var pool = pool("beta", Map.of("matchLabels", Map.of("rack", "pb")));
        var none = allocate(pool, 4);
        assertThat(none.status()).isEqualTo(409);
        assertThat(none.text("/error/code")).isEqualTo("POOL_CAPACITY_EXCEEDED");
        assertThat(owner.get(pool).json().at("/data/capacity/available").asInt()).isEqualTo(3);

        var given = allocate(pool, 2);
        assertThat(given.status()).as(given.raw().body()).isEqualTo(201);
        assertThat(given.text("/data/id")).matches("alloc_[0-9A-Za-z]{26}");
        assertThat(given.text("/data/state")).isEqualTo("active");
        var path = given.text("/data/selfLink");
        var first = given.json().at("/data/servers/0").asText();
        assertThat(ids).contains(first);
        var held = owner.get(servers + "/" + first);
        assertThat(held.text("/data/state")).isEqualTo("allocated");
        assertThat(held.text("/data/allocationId")).isEqualTo(given.text("/data/id"));
        assertThat(owner.delete(servers + "/" + first).text("/error/code"))
                .isEqualTo("CONFLICT_IN_USE");
        assertThat(owner.delete(pool).text("/error/code")).isEqualTo("CONFLICT_IN_USE");
        assertThat(owner.get(pool).json().at("/data/capacity").toString())
                .isEqualTo("{\"total\":3,\"available\":1,\"allocated\":2}");
        assertThat(allocate(pool, 2).status()).isEqualTo(409);

        ends(owner.post(servers + "/" + first + ":provision",
                Map.of("osImage", "https://images.example/ubuntu.raw")));
        assertThat(owner.get(servers + "/" + first).text("/data/state")).isEqualTo("ready");
        var leaving = owner.delete(path);
        assertThat(leaving.text("/meta/workflow/type")).isEqualTo("allocation.release");
        ends(leaving);
        assertThat(owner.get(path).text("/data/state")).isEqualTo("released");
        assertThat(owner.get(path).json().at("/data/releasedAt").isTextual()).isTrue();
        assertThat(owner.delete(path).text("/error/code"))
                .isEqualTo("INVALID_STATE_TRANSITION");
        var free = owner.get(servers + "/" + first);
        assertThat(free.text("/data/state")).isEqualTo("available");
        assertThat(free.json().at("/data/image").isNull()).as("wiped").isTrue();
        assertThat(owner.get(pool + "/allocations").json().at("/data")).hasSize(1);
        assertThat(owner.post(pool + ":allocate", Map.of("count", 1, "projectId", "prj_none"))
                .status()).isEqualTo(422);
        assertThat(owner.post(pool + ":allocate", Map.of("count", 0, "projectId", "x", "ttl", 1))
                .json().at("/error/details/fields")).hasSize(2);
        assertThat(owner.delete(pool).status()).isEqualTo(204);
        decommission("pb", 3);
    }

    @Test
    void noServerIsGivenTwice() throws Exception {
        rack("pc", 5);
        var pool = pool("gamma", Map.of("matchLabels", Map.of("rack", "pc")));
        var given = new ArrayList<Visitor.Heard>();
        try (var people = Executors.newFixedThreadPool(6)) {
            for (var one : people.invokeAll(IntStream.range(0, 6)
                    .<Callable<Visitor.Heard>>mapToObj(i -> () -> allocate(pool, 2)).toList())) {
                given.add(one.get());
            }
        }
        var taken = given.stream().filter(it -> it.status() == 201).toList();
        assertThat(taken).as("five servers, two at a time").hasSize(2);
        var once = new HashSet<String>();
        for (var one : taken) {
            one.json().at("/data/servers").forEach(it -> once.add(it.asText()));
            ends(owner.delete(one.text("/data/selfLink")));
        }
        assertThat(once).hasSize(4);
        assertThat(owner.delete(pool).status()).isEqualTo(204);
        decommission("pc", 5);
    }

    @Test
    void poolsAreNotThereForOthers() {
        var pool = pool("delta", Map.of());
        for (var path : List.of(POOLS, pool, pool + "/servers", pool + "/allocations")) {
            all.unknown("GET", path, null);
        }
        all.unknown("POST", pool + ":allocate", Map.of("count", 1, "projectId", "x"));
        all.unknown("DELETE", pool, null);
        assertThat(owner.delete(pool).status()).isEqualTo(204);
    }
}
