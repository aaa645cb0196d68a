package orrery.server.tenancy.region;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.kit.durable.LoopRound;
import orrery.kit.kube.Fence;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.KubeView;
import orrery.kit.kube.Stranger;
import orrery.kit.kube.Trees;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What others do to objects of ours behind our back, and what becomes of it here: one table for
/// all kinds that are followed.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class DriftTest {
    private static final String GLOBAL = "/v1/regions/global";
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String GONE = "gone";

    @TestHTTPResource
    URI server;

    @Inject
    Regions regions;

    @Inject
    KubeClients clients;

    @Inject
    Database database;

    @Inject
    Access access;

    @Inject
    @Any
    Instance<Settles> kinds;

    /// The objects that we made, by kind.
    private final Map<Kind, ObjectNode> described = new ConcurrentHashMap<>();
    private Neighbours all;
    private Visitor owner;
    private String project;
    private String base;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        var made = owner.post(GLOBAL + "/projects", Map.of("name", "drift", "organizationId",
                home()));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        project = made.text("/data/id");
        base = "/v1/regions/main/projects/" + project;
    }

    private String home() {
        return owner.get(GLOBAL + "/projects/" + all.project()).text("/data/organizationId");
    }

    /// Something that happens to an object, and what is to be seen of it.
    ///
    /// @param does to the object
    /// @param state that its resource is in then; [#GONE] for none
    /// @param event that was appended since
    /// @param reason a part of what that says
    private record Row(String what, Runnable does, String state, String event, String reason) {}

    /// A resource and its object on the management cluster.
    ///
    /// @param state where its view says it
    private record Thing(String path, String id, Kind kind, String name, String state) {}

    @Test
    void whatOthersDoIsSeenAndPutRight() throws Exception {
        var network = owner.post(base + "/compute/networks",
                Map.of("name", "net", "cidr", "10.7.0.0/24", "role", "default"));
        assertThat(network.status()).as(network.raw().body()).isEqualTo(201);
        var followed = new HashSet<Kind>();
        kinds.forEach(one -> followed.add(one.kind()));
        var tested = new HashSet<Kind>();
        try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = List.<Future<Kind>>of(each.submit(this::cluster),
                    each.submit(this::instance), each.submit(this::host),
                    each.submit(this::volume), each.submit(this::endpoint),
                    each.submit(this::training),
                    each.submit(this::deploy));
            for (var one : running) {
                tested.add(result(one));
            }
        }
        assertThat(tested).as("every kind that is followed").isEqualTo(followed);
        var end = all.end(owner.delete(GLOBAL + "/projects/" + project + "?cascade=true"));
        assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
        whatArrivesLateIsDeleted(home());
    }

    /// All of it is over, and some write may yet have been on its way.
    private void whatArrivesLateIsDeleted(String home) {
        assertThat(described.keySet()).isEqualTo(kinds.stream().map(Settles::kind)
                .collect(Collectors.toSet()));
        stranger().create(ProjectNamespace.object(project, home));
        described.values().forEach(it -> {
            it.remove("status");
            it.withObjectProperty("metadata")
                    .retain("name", "namespace", "labels", "annotations");
            // Not before the region offers the new namespace its templates.
            Awaitility.await().atMost(PATIENCE).ignoreException(KubeFailure.class)
                    .until(() -> stranger().create(it) != null);
        });
        var late = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(11));
        var round = new LoopRound(
                access.system("test"), new Fence("loop test", Long.MAX_VALUE, () -> true));
        awaits("all are gone, and servers are not", () -> {
            try (var settling = new SettleRegions(
                    regions, clients, kinds.stream().toList(), late)) {
                settling.round(round);
            }
            return described.entrySet().stream().allMatch(it -> isThere(it.getKey(),
                    it.getValue()) == it.getKey().kind().equals("BareMetalHost"));
        });
        stranger().remove(Kind.NAMESPACE, null, namespace());
    }

    private boolean isThere(Kind kind, ObjectNode object) {
        return view().find(kind, namespace(), object.at("/metadata/name").asText())
                .filter(it -> !it.path("metadata").has("deletionTimestamp")).isPresent();
    }

    private static Kind result(Future<Kind> one) throws Exception {
        try {
            return one.get();
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause().getMessage(), failed.getCause());
        }
    }

    private Kind cluster() {
        var it = made("/compute/clusters", Map.of("name", "drift"), "ClusterDeployment", "/state");
        goesThrough(it, List.of(
                new Row("a rack burns", () -> {
                    fault(it, "'fail at workers: a rack burns'");
                    // Another generation goes through all phases again.
                    merge(it, "spec: {config: {worker: {flavor: other}}}");
                }, "degraded", "cluster.degraded", "a rack burns"),
                new Row("and is mended", () -> fault(it, "null"),
                        "running", "cluster.running", ""),
                new Row("somebody resizes it",
                        () -> merge(it, "spec: {config: {workersNumber: 9}}"),
                        "running", "cluster.repairing", "was changed")));
        awaits("its size is put back",
                () -> object(it).at("/spec/config/workersNumber").asInt() == 1);
        goesThrough(it, List.of(
                new Row("somebody deletes it", () -> {
                    fault(it, "hang at teardown");
                    remove(it);
                }, "deleting", "cluster.deleting", "by somebody else"),
                new Row("until it is gone", () -> fault(it, "null"),
                        GONE, "cluster.deleted", "")));
        return it.kind();
    }

    private Kind instance() {
        var it = made("/compute/instances", Map.of("name", "drift", "type", "vm.small",
                "disks", List.of(Map.of("boot", true, "source", "debian-12"))),
                "VirtualMachine", "/state");
        goesThrough(it, List.of(
                new Row("it crashes", () -> {
                    fault(it, "'fail at starting: kernel panic'");
                    view().list(Kind.POD, namespace(), "vm.kubevirt.io/name=" + it.name())
                            .forEach(pod -> stranger().remove(Kind.POD, namespace(),
                                    pod.at("/metadata/name").asText()));
                }, "repairing", "instance.repairing", ""),
                new Row("until it does not", () -> fault(it, "null"),
                        "running", "instance.running", ""),
                new Row("somebody halts it", () -> merge(it, "spec: {runStrategy: Halted}"),
                        "terminated", "instance.terminated", "not by us"),
                new Row("and starts it",
                        () -> merge(it, "spec: {runStrategy: RerunOnFailure}"),
                        "running", "instance.running", ""),
                new Row("somebody deletes it", () -> remove(it),
                        "failed", "instance.failed", "is gone from region main")));
        return it.kind();
    }

    private Kind volume() {
        if (owner.get(GLOBAL + "/infrastructure/storage/drift").status() == 404) {
            assertThat(owner.post(GLOBAL + "/infrastructure/storage", Map.of("name", "drift",
                    "region", "main", "type", "block", "storageClass", "standard",
                    "capacityGb", 100)).status()).isEqualTo(201);
        }
        var it = made("/compute/storage", Map.of("name", "drift", "sizeGb", 1),
                "PersistentVolumeClaim", "/state");
        goesThrough(it, List.of(new Row("somebody deletes it", () -> remove(it),
                "failed", "volume.failed", "is gone from region main")));
        return it.kind();
    }

    private Kind host() {
        var it = made("/infrastructure/servers", Map.of("name", "drift",
                "bmcAddress", "drift.bmc.example/redfish/v1/Systems/1",
                "bmc", Map.of("username", "u", "password", "p",
                        "bootMacAddress", "52:54:00:ab:cd:ef")),
                "BareMetalHost", "/healthStatus/status");
        goesThrough(it, List.of(
                new Row("its controller falls silent", () -> fault(it, "flap 2s"),
                        "degraded", "server.degraded", "the BMC does not answer"),
                new Row("and speaks again", () -> fault(it, "null"),
                        "healthy", "server.healthy", ""),
                new Row("somebody turns it on", () -> merge(it, "spec: {online: true}"),
                        "degraded", "server.degraded", "changed by somebody else (online)"),
                new Row("and off again", () -> merge(it, "spec: {online: false}"),
                        "healthy", "server.healthy", ""),
                new Row("somebody deletes it", () -> remove(it),
                        "failed", "server.failed", "was deleted")));
        assertThat(owner.get(it.path()).text("/data/state")).isEqualTo("failed");
        var leaving = all.end(owner.delete(it.path()));
        assertThat(leaving.path("status").asText()).as("machines outlive their projects")
                .isEqualTo("completed");
        return it.kind();
    }

    private Kind endpoint() {
        var it = made("/inference", Map.of("name", "drift", "engine", "vllm",
                "gpu", Map.of("count", 1), "model", Map.of("source", "hf://org/model")),
                "InferenceService", "/state");
        goesThrough(it, List.of(
                new Row("it falls silent", () -> fault(it, "flap 2s"),
                        "degraded", "inference.degraded", "does not answer"),
                new Row("and answers again", () -> fault(it, "null"),
                        "ready", "inference.ready", ""),
                new Row("somebody scales it",
                        () -> merge(it, "spec: {predictor: {maxReplicas: 50}}"),
                        "ready", "inference.repairing", "was changed")));
        awaits("its scale is put back",
                () -> object(it).at("/spec/predictor/maxReplicas").asInt() == 1);
        goesThrough(it, List.of(new Row("somebody deletes it", () -> remove(it),
                "failed", "inference.failed", "is gone from region main")));
        return it.kind();
    }

    private Kind training() {
        var it = made("/training", Map.of("name", "drift", "image", "sim-exit",
                "args", List.of("0", "600"), "nodes", 1, "gpusPerNode", 0,
                "framework", "pytorch", "retries", 1), "TrainJob", "/state");
        awaits("it runs", () -> owner.get(it.path()).text("/data/state").equals("running"));
        goesThrough(it, List.of(
                new Row("it fails, and begins anew",
                        () -> fault(it, "'fail at running: out of memory'"),
                        "running", "training.queued", ""),
                new Row("somebody holds it, and it goes on",
                        () -> merge(it, "spec: {suspend: true}"),
                        "running", "training.preempted", "made room")));
        assertThat(owner.get(it.path()).json().at("/data/attempt").asInt()).isEqualTo(2);
        goesThrough(it, List.of(new Row("somebody deletes it", () -> remove(it),
                "failed", "training.failed", "is gone from region main")));
        return it.kind();
    }

    /// A deploy is no object: it has what becomes of its clusters.
    private Kind deploy() {
        stack();
        var asked = owner.post(base + "/deploys", Map.of("name", "both", "stackId", "drift",
                "replicas", 2, "parameters", Map.of()));
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        assertThat(all.end(asked).path("status").asText()).isEqualTo("completed");
        var path = base + "/deploys/both";
        var child = thing("/compute/clusters/both-2", "ClusterDeployment", "/state");
        var it = new Thing(path, asked.text("/data/id"), child.kind(), child.name(),
                "/data/state");
        goesThrough(child, List.of(new Row("a cluster is unwell", () -> {
            fault(it, "'fail at workers: a rack burns'");
            merge(it, "spec: {config: {worker: {flavor: other}}}");
        }, "degraded", "cluster.degraded", "a rack burns")));
        assertThat(owner.get(path).text("/data/resources/1/state")).isEqualTo("degraded");
        assertThat(owner.get(path).text("/data/state")).as("the other serves")
                .isEqualTo("running");
        goesThrough(child, List.of(new Row("somebody deletes it", () -> {
            fault(it, "hang at teardown");
            remove(it);
        }, "deleting", "cluster.deleting", "by somebody else")));
        goesThrough(it, List.of(new Row("until it is gone", () -> fault(it, "null"),
                "failed", "deploy.failed", "both-2 was deleted")));
        assertThat(owner.get(path).text("/data/resources/1/state")).isEqualTo("deleted");
        assertThat(owner.get(path).text("/data/stateReason")).contains("made anew");
        goesThrough(it, List.of(new Row("it is to be as it was",
                () -> assertThat(owner.patch(path, Map.of("replicas", 2)).status())
                        .isEqualTo(202), "running", "deploy.running", "")));
        assertThat(owner.get(path).text("/data/resources/1/state")).isEqualTo("running");
        return it.kind();
    }

    private void stack() {
        var stacks = GLOBAL + "/stacks";
        var made = owner.post(stacks, Map.of("name", "drift", "kind", "cluster",
                "clusterTemplate", "sim-standalone-cp-1-0-0",
                "pools", List.of(
                        Map.of("name", "cp", "role", "control-plane",
                                "countKey", "controlPlaneNumber"),
                        Map.of("name", "w", "role", "worker", "countKey", "workersNumber")),
                "parametersSchema", Map.of("type", "object")));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        assertThat(owner.post(stacks + "/drift:publish", Map.of()).status()).isEqualTo(200);
    }

    private Thing made(String path, Map<String, ?> body, String kind, String state) {
        var asked = owner.post(base + path, body);
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        var end = all.end(asked);
        assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
        var it = thing(path + "/" + body.get("name"), kind, state);
        described.put(it.kind(), object(it));
        return it;
    }

    private Thing thing(String path, String name, String state) {
        var id = owner.get(base + path).text("/data/id");
        for (var one : kinds) {
            if (one.kind().kind().equals(name)) {
                var found = view().list(one.kind(), namespace(), one.label() + "=" + id);
                assertThat(found).as(path).hasSize(1);
                return new Thing(base + path, id, one.kind(),
                        found.getFirst().at("/metadata/name").asText(), "/data" + state);
            }
        }
        throw new AssertionError("nobody follows " + name);
    }

    private void goesThrough(Thing it, List<Row> rows) {
        for (var row : rows) {
            var before = events(it, row);
            row.does().run();
            Awaitility.await(it + ": " + row.what()).atMost(PATIENCE).untilAsserted(() -> {
                assertThat(events(it, row)).as(row.event()).isGreaterThan(before);
                var seen = owner.get(it.path());
                assertThat(seen.status() == 404 ? GONE : seen.text(it.state()))
                        .as(seen.raw().body()).isEqualTo(row.state());
            });
        }
    }

    private long events(Thing it, Row row) {
        return database.read(access.system("test"), tx -> tx.handle().createQuery("""
                select count(*) from event
                where subject_id = :id and type = :type and data ->> 'reason' like :reason
                """).bind("id", it.id()).bind("type", row.event())
                .bind("reason", "%" + row.reason() + "%").mapTo(long.class).one());
    }

    private static void awaits(String what, BooleanSupplier condition) {
        Awaitility.await(what).atMost(PATIENCE).until(condition::getAsBoolean);
    }

    private KubeView view() {
        return clients.view(regions.target(access.system("test"), "main"));
    }

    private Stranger stranger() {
        return new Stranger(clients, regions.target(access.system("test"), "main"));
    }

    private String namespace() {
        return ProjectNamespace.name(project);
    }

    private ObjectNode object(Thing it) {
        return view().find(it.kind(), namespace(), it.name()).orElseThrow();
    }

    private void merge(Thing it, String patch) {
        stranger().merge(it.kind(), namespace(), it.name(), Trees.read(patch));
    }

    private void fault(Thing it, String fault) {
        merge(it, "metadata: {annotations: {orrery.dev/fault: " + fault + "}}");
    }

    private void remove(Thing it) {
        stranger().remove(it.kind(), namespace(), it.name());
    }
}
