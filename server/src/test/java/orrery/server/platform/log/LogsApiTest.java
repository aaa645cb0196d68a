package orrery.server.platform.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import orrery.server.Listener;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Logs that are followed: of training jobs, of inference endpoints and of servers.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class LogsApiTest {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /// More than a queue holds, and all with few times.
    private static final int MANY = 2_000;

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;
    private String base;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        base = "/v1/regions/main/projects/" + all.project();
    }

    private void ended(Visitor.Heard accepted) {
        assertThat(accepted.status()).as(accepted.raw().body()).isEqualTo(202);
        var end = all.end(accepted);
        assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
    }

    private String job(String name, String image, List<String> command, List<String> args,
            int nodes) {
        var asked = owner.post(base + "/training", Map.of("name", name, "image", image,
                "command", command, "args", args, "nodes", nodes, "gpusPerNode", 0,
                "framework", "pytorch"));
        ended(asked);
        return base + "/training/" + asked.text("/data/id");
    }

    private void until(String path, String state) {
        Awaitility.await().atMost(PATIENCE).until(
                () -> owner.get(path).text("/data/state").matches(state));
    }

    private Listener follow(String path, String after) {
        var listener = Listener.to(owner, path + "/logs?follow=true", after);
        assertThat(listener.status()).isEqualTo(200);
        assertThat(listener.header("Content-Type")).startsWith("text/event-stream");
        return listener;
    }

    @Test
    void allNodesOfAJobAreHeardUntilItHasEnded() {
        var path = job("followed", "sim-exit", List.of(), List.of("0", "600"), 2);
        try (var early = follow(path, null)) {
            var lines = List.of(early.next(), early.next());
            assertThat(lines).allSatisfy(line -> {
                assertThat(line.name()).isEqualTo("line");
                assertThat(line.id()).isNotEmpty();
                assertThat(line.data().path("message").asText()).contains("[simulated]");
                assertThat(line.data().path("timestamp").asText()).endsWith("Z");
            });
            assertThat(lines.getFirst().data().path("node").asText())
                    .isNotEqualTo(lines.getLast().data().path("node").asText());
            try (var late = follow(path, lines.getLast().id())) {
                ended(owner.post(path + ":cancel", Map.of()));
                assertThat(late.rest()).extracting(Listener.Heard::name).as("nothing twice")
                        .doesNotContain("line").endsWith("end");
            }
            assertThat(early.rest()).extracting(Listener.Heard::name).endsWith("end");
        }
    }

    @Test
    void nothingIsLostToASlowReaderOrToOneThatComesBack() throws Exception {
        var script = "sleep 2; i=0; while [ $i -lt " + MANY
                + " ]; do echo line $i; i=$((i+1)); done; sleep 600";
        var path = job("chatty", "busybox", List.of("sh"), List.of("-c", script), 1);
        var heard = new ArrayList<String>();
        String place;
        try (var listener = follow(path, null)) {
            var first = listener.next();
            Assumptions.assumeFalse(first.data().path("message").asText().contains("[simulated]"),
                    "this host runs no programs in pods");
            // Meanwhile all is printed, and waits for its reader.
            Thread.sleep(1_000);
            heard.add(first.data().path("message").asText());
            place = first.id();
            for (int i = 1; i < MANY / 2; i++) {
                var next = listener.next();
                heard.add(next.data().path("message").asText());
                place = next.id();
            }
        }
        try (var listener = follow(path, place)) {
            for (int i = MANY / 2; i < MANY; i++) {
                heard.add(listener.next().data().path("message").asText());
            }
        }
        assertThat(heard).containsExactlyElementsOf(
                IntStream.range(0, MANY).mapToObj(i -> "line " + i).toList());
        ended(owner.post(path + ":cancel", Map.of()));
    }

    @Test
    void anEndpointIsHeardUntilItIsDeleted() {
        var asked = owner.post(base + "/inference", Map.of("name", "followed", "engine", "vllm",
                "gpu", Map.of("count", 1), "model", Map.of("source", "hf://org/model")));
        ended(asked);
        var path = base + "/inference/" + asked.text("/data/id");
        try (var listener = follow(path, null)) {
            var line = listener.next();
            assertThat(line.data().path("replica").asText()).contains("-predictor-");
            assertThat(line.data().path("timestamp").asText()).endsWith("Z");
            ended(owner.delete(path));
            assertThat(listener.rest()).extracting(Listener.Heard::name).endsWith("end");
        }
    }

    @Test
    void aServerIsHeardUntilItIsDecommissioned() {
        var servers = base + "/infrastructure/servers";
        ended(owner.post(servers, Map.of("name", "followed",
                "bmcAddress", "followed.bmc.example/redfish/v1/Systems/1",
                "bmc", Map.of("username", "u", "password", "p",
                        "bootMacAddress", "52:54:00:ab:cd:ef"))));
        var path = servers + "/followed";
        try (var listener = follow(path, null)) {
            Listener.Heard last;
            do {
                last = listener.next();
                assertThat(last.name()).isEqualTo("line");
                assertThat(last.data().path("severity").asText()).isNotEmpty();
            } while (!last.data().path("message").asText().equals("it is available"));
            ended(owner.post(path + ":power-on", Map.of()));
            assertThat(listener.next().data().path("message").asText())
                    .isEqualTo("power-on begins");
            try (var late = follow(path, last.id())) {
                assertThat(late.next().data().path("message").asText()).as("after the last")
                        .isEqualTo("power-on begins");
            }
            ended(owner.delete(path));
            var rest = listener.rest();
            assertThat(rest).extracting(Listener.Heard::name).endsWith("end");
            var messages = rest.stream().map(it -> it.data().path("message").asText()).toList();
            assertThat(messages).contains("decommissioning begins", "it is decommissioned")
                    .doesNotContain("power-on begins");
        }
    }

    @Test
    void refusesWhatIsNoFollowing() {
        var path = job("refusals", "sim-exit", List.of(), List.of("0", "600"), 1);
        var logs = path + "/logs?follow=";
        assertThat(owner.get(logs + "maybe").status()).isEqualTo(400);
        assertThat(owner.with("Last-Event-ID", "12.34").get(logs + "true").text("/error/code"))
                .isEqualTo("INVALID_PAGE_TOKEN");
        assertThat(owner.get(logs + "true&lines=0").status()).isEqualTo(400);
        all.unknown("GET", logs + "true", null);
        var open = new ArrayList<Listener>();
        try {
            do {
                open.add(Listener.to(owner, logs + "true", null));
            } while (open.getLast().status() == 200 && open.size() < 10);
            assertThat(open.getLast().status()).as("each follows pods in the region")
                    .isEqualTo(429);
            assertThat(open.getLast().header("Retry-After")).isNotEmpty();
            assertThat(open).hasSizeLessThanOrEqualTo(5).hasSizeGreaterThan(1);
        } finally {
            open.forEach(Listener::close);
        }
        var servers = base + "/infrastructure/servers";
        assertThat(owner.get(servers + "/nothing/logs?follow=true").status()).isEqualTo(404);
        assertThat(owner.get(servers + "/nothing/logs?follow=true&offset=0").status())
                .isEqualTo(400);
        ended(owner.post(path + ":cancel", Map.of()));
    }
}
