package orrery.server.tenancy.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.kit.durable.Saga;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.Kubeconfig;
import orrery.kit.kube.Stranger;
import orrery.kit.kube.Trees;
import orrery.server.Cable;
import orrery.server.Listener;
import orrery.server.Neighbours;
import orrery.server.SimulatedRegion;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A region whose management cluster is away: what is asked for meanwhile waits, says so, and is
/// done once when the region is back. One outage for all kinds of changes.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class AwayTest {
    private static final String GLOBAL = "/v1/regions/global";
    private static final String REGION = "away";
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    /// An answer that waited for the region would take as long as a connection may.
    private static final Duration FULL_SPEED = Duration.ofSeconds(4);

    /// Kinds of runs that nobody asks for by themselves, that work in clusters of users and not in
    /// regions, or that wait for runs of servers. Whoever adds a saga asks for its change in
    /// [#ask], or says here why not.
    private static final Set<String> OTHERS = Set.of("workspace.create", "workspace.stop",
            "workspace.delete", "diagram.run", "diagram.remove", "training.retry",
            "allocation.release", "metal.create", "metal.power", "metal.delete");

    private static final String SERVES = "ready|idle";

    /// Joined for as long as the server lives: its loops go on looking at the region.
    private static Cable cable;

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
    Instance<Saga<?>> sagas;

    private Neighbours all;
    private Visitor owner;
    private String project;
    private String base;
    private final List<Asked> asked = new ArrayList<>();
    private final List<Visitor.Heard> begun = new ArrayList<>();

    /// A change that was asked for.
    ///
    /// @param path of what it changes
    /// @param end a pattern of its state afterwards; `gone` for deleted
    private record Asked(String type, String run, String path, String end) {}

    @BeforeEach
    void settle() throws IOException {
        all = Neighbours.on(server);
        owner = all.owner();
        if (cable == null) {
            var text = Files.readString(SimulatedRegion.kubeconfig());
            var real = Kubeconfig.read(text, null).server();
            cable = new Cable(real);
            regions.register(access.system("test"), new NewRegion(REGION, "Far away",
                    text.replace(":" + real.getPort(), ":" + cable.port()), null,
                    List.of("simulated")));
        }
        project = made(GLOBAL + "/projects",
                Map.of("organizationId", home(), "name", "far")).text("/data/id");
        base = base(project);
    }

    private String home() {
        return owner.get(GLOBAL + "/projects/" + all.project()).text("/data/organizationId");
    }

    private static String base(String project) {
        return "/v1/regions/" + REGION + "/projects/" + project;
    }

    private Visitor.Heard made(String path, Map<String, ?> body) {
        var made = owner.post(path, body);
        assertThat(made.status()).as(path + made.raw().body()).isEqualTo(201);
        return made;
    }

    @Test
    void whatIsAskedForWhileTheRegionIsAwayIsDoneOnceWhenItIsBack() throws Exception {
        prepare();
        try (var log = Listener.to(owner, base + "/training/over/logs?follow=true", null)) {
            assertThat(log.next().name()).isEqualTo("line");
            cable.cut();
            hideKeys(true);
            outage(log);
        } finally {
            cable.join();
            hideKeys(false);
        }
        asked.forEach(this::isDone);
        nothingWasDoneTwice();
        Awaitility.await().atMost(PATIENCE).until(
                () -> owner.get("/v1/regions/" + REGION).text("/data/state").equals("active"));
        clear();
    }

    private void outage(Listener log) throws InterruptedException {
        ask();
        assertThat(asked.stream().map(Asked::type).collect(Collectors.toSet()))
                .as("every kind of run").isEqualTo(kinds());
        saysSo();
        readsAnswer();
        saysSoOnce();
        var gap = log.next();
        assertThat(gap.name()).isEqualTo("gap");
        assertThat(gap.data().path("message").asText()).contains("does not answer");
        comeBackHaltingly();
        cable.join();
        assertThat(log.rest()).extracting(Listener.Heard::name).doesNotContain("line")
                .endsWith("end");
    }

    private Set<String> kinds() {
        return sagas.stream().map(saga -> saga.type().name())
                .filter(name -> !OTHERS.contains(name)).collect(Collectors.toSet());
    }

    // Before the outage.

    private void begin(String path, Map<String, ?> body) {
        begun.add(accepted(path, owner.post(path, body)));
    }

    private static Visitor.Heard accepted(String what, Visitor.Heard heard) {
        assertThat(heard.status()).as(what + " " + heard.raw().body()).isIn(201, 202);
        return heard;
    }

    private void settled() {
        for (var one : begun) {
            if (one.status() == 202) {
                var end = all.end(one);
                assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
            }
        }
        begun.clear();
    }

    private void prepare() {
        stack();
        made(base + "/compute/networks",
                Map.of("name", "net", "cidr", "10.9.0.0/24", "role", "default"));
        for (var name : List.of("sized", "updated", "dropped", "keyed")) {
            begin(base + "/compute/clusters", Map.of("name", name));
        }
        begin(base + "/compute/clusters",
                Map.of("name", "older", "kubernetesVersion", "v1.34.3"));
        made(GLOBAL + "/infrastructure/storage", Map.of("name", "far", "region", REGION,
                "type", "block", "storageClass", "standard", "capacityGb", 100));
        List.of("grown", "dropped", "plugged").forEach(name -> begin(
                base + "/compute/storage", Map.of("name", name, "sizeGb", 1)));
        List.of("halted", "dropped", "taker").forEach(
                name -> begin(base + "/compute/instances", box(name)));
        List.of("bare", "dark", "scrap", "moved").forEach(
                name -> begin(base + "/infrastructure/servers", host(name)));
        List.of("grown", "fallen").forEach(name -> begin(base + "/deploys", deploy(name)));
        List.of("wider", "quiet", "woken", "ended").forEach(
                name -> begin(base + "/inference", model(name)));
        List.of("held", "back", "over").forEach(
                name -> begin(base + "/training", job(name, "600")));
        begin(base + "/training", job("done", "0"));
        settled();
        begin(base + "/compute/clusters/keyed/kubeconfigs", Map.of("name", "old"));
        begin(base + "/inference/woken:stop", Map.of());
        begin(base + "/training/back:suspend", Map.of());
        settled();
        until("/training/done", "succeeded");
        until("/training/held", "running");
        until("/training/over", "running");
        fill(made(GLOBAL + "/projects", Map.of("name", "doomed", "organizationId",
                home())).text("/data/id"));
        var organization = made(GLOBAL + "/organizations", Map.of("name", "lost"));
        fill(made(GLOBAL + "/projects", Map.of("name", "lost",
                "organizationId", organization.text("/data/id"))).text("/data/id"));
        settled();
    }

    private void fill(String doomed) {
        begin(base(doomed) + "/training", job("busy", "600"));
        made(base(doomed) + "/compute/networks", Map.of("name", "net", "cidr", "10.9.0.0/24"));
    }

    private void until(String path, String state) {
        Awaitility.await().atMost(PATIENCE).until(
                () -> owner.get(base + path).text("/data/state").equals(state));
    }

    private void stack() {
        var stacks = GLOBAL + "/stacks";
        if (owner.get(stacks + "/far").status() == 404) {
            made(stacks, Map.of("name", "far", "kind", "cluster",
                    "clusterTemplate", "sim-standalone-cp-1-0-0",
                    "pools", List.of(
                            Map.of("name", "cp", "role", "control-plane",
                                    "countKey", "controlPlaneNumber"),
                            Map.of("name", "w", "role", "worker", "countKey", "workersNumber")),
                    "parametersSchema", Map.of("type", "object"),
                    "parameterKeys", Map.of(), "defaults", Map.of()));
            assertThat(owner.post(stacks + "/far:publish", Map.of()).status()).isEqualTo(200);
        }
    }

    private static Map<String, ?> box(String name) {
        return Map.of("name", name, "type", "vm.small",
                "disks", List.of(Map.of("boot", true, "source", "debian-12")));
    }

    private static Map<String, ?> host(String name) {
        return Map.of("name", name, "bmcAddress", name + ".far.example/redfish/v1/Systems/1",
                "bmc", Map.of("username", "u", "password", "p",
                        "bootMacAddress", "52:54:00:ab:cd:ef"));
    }

    private static Map<String, ?> deploy(String name) {
        return Map.of("name", name, "stackId", "far", "replicas", 1, "parameters", Map.of());
    }

    private static Map<String, ?> model(String name) {
        return Map.of("name", name, "engine", "vllm", "gpu", Map.of("count", 1),
                "model", Map.of("source", "hf://org/model"),
                "replicas", Map.of("min", 0, "max", 1));
    }

    private static Map<String, ?> job(String name, String seconds) {
        return Map.of("name", name, "image", "sim-exit", "args", List.of("0", seconds),
                "nodes", 1, "gpusPerNode", 0, "framework", "pytorch");
    }

    /// Lets the API server of a user's cluster be away, by the region's own word.
    private void hideKeys(boolean hidden) {
        var id = owner.get(base + "/compute/clusters/keyed").text("/data/id");
        var deployments = clients.view(regions.target(access.system("test"), "main"));
        var kind = deployments.kind(
                "k0rdent.mirantis.com/v1beta1", "ClusterDeployment").orElseThrow();
        deployments.list(kind, ProjectNamespace.name(project), null).stream()
                .filter(it -> it.at("/metadata/labels").toString().contains(id))
                .forEach(it -> new Stranger(clients, regions.target(access.system("test"), "main"))
                        .merge(kind, ProjectNamespace.name(project),
                                it.at("/metadata/name").asText(), Trees.read(
                                        "metadata: {annotations: {orrery.dev/fault: "
                                                + (hidden ? "away" : "null") + "}}")));
    }

    // While it is away.

    private void ask() {
        made(base + "/compute/networks", Map.of("name", "later", "cidr", "10.8.0.0/24"));
        made(base + "/compute/addresses", Map.of("addressType", "INTERNAL", "network", "later"));
        var clusters = base + "/compute/clusters";
        make(clusters, Map.of("name", "fresh"), "running");
        make(clusters, Map.of("name", "trial", "dryRun", true), "gone");
        ask(clusters + "/sized", "running",
                () -> owner.patch(clusters + "/sized/nodepools/workers", Map.of("nodeCount", 2)));
        ask(clusters + "/older", "running",
                () -> owner.patch(clusters + "/older", Map.of("kubernetesVersion", "v1.35.2")));
        ask(clusters + "/updated", "running", () -> owner.patch(clusters + "/updated",
                Map.of("services", List.of(
                        Map.of("name", "virt", "template", "sim-kubevirt-1-0-0")))));
        drop(clusters + "/dropped");
        make(clusters + "/keyed/kubeconfigs", Map.of("name", "new"), "active");
        drop(clusters + "/keyed/kubeconfigs/old");
        var boxes = base + "/compute/instances";
        make(boxes, box("fresh"), "running");
        act(boxes + "/halted", "stop", "terminated");
        drop(boxes + "/dropped");
        var disks = base + "/compute/storage";
        make(disks, Map.of("name", "fresh", "sizeGb", 1), "available");
        ask(disks + "/grown", "available",
                () -> owner.patch(disks + "/grown", Map.of("sizeGb", 2)));
        ask(disks + "/plugged", "inUse",
                () -> owner.post(disks + "/plugged:attach", Map.of("instanceId", "taker")));
        drop(disks + "/dropped");
        var hosts = base + "/infrastructure/servers";
        ask(hosts + "/moved", "available", () -> owner.patch(hosts + "/moved", Map.of(
                "bmc", Map.of("username", "other", "password", "p"))));
        make(hosts, host("fresh"), "available");
        ask(hosts + "/bare", "ready", () -> owner.post(hosts + "/bare:provision",
                Map.of("osImage", "https://images.example/ubuntu.raw")));
        act(hosts + "/dark", "power-on", "available");
        drop(hosts + "/scrap");
        make(base + "/deploys", deploy("fresh"), "running");
        ask(base + "/deploys/grown", "running",
                () -> owner.patch(base + "/deploys/grown", Map.of("replicas", 2)));
        drop(base + "/deploys/fallen");
        var models = base + "/inference";
        make(models, model("fresh"), SERVES);
        ask(models + "/wider", SERVES, () -> owner.patch(models + "/wider",
                Map.of("replicas", Map.of("min", 0, "max", 2))));
        act(models + "/quiet", "stop", "idle");
        act(models + "/woken", "start", SERVES);
        drop(models + "/ended");
        var jobs = base + "/training";
        make(jobs, job("fresh", "600"), "running");
        act(jobs + "/held", "suspend", "suspended");
        act(jobs + "/back", "resume", "running");
        act(jobs + "/over", "cancel", "cancelled");
        drop(jobs + "/done");
        ask(GLOBAL + "/projects/doomed", "gone",
                () -> owner.delete(named("projects", "doomed") + "?cascade=true"));
        ask(GLOBAL + "/organizations/lost", "gone",
                () -> owner.delete(named("organizations", "lost") + "?force=true"));
    }

    private String named(String kind, String name) {
        return owner.get(GLOBAL + "/" + kind + "?name=" + name).text("/data/0/selfLink");
    }

    private void make(String path, Map<String, ?> body, String end) {
        ask(path + "/" + body.get("name"), end, () -> owner.post(path, body));
    }

    private void act(String path, String action, String end) {
        ask(path, end, () -> owner.post(path + ":" + action, Map.of()));
    }

    private void drop(String path) {
        ask(path, "gone", () -> owner.delete(path));
    }

    private void ask(String path, String end, Supplier<Visitor.Heard> request) {
        var heard = request.get();
        assertThat(heard.status()).as(path + " " + heard.raw().body()).isEqualTo(202);
        asked.add(new Asked(heard.text("/meta/workflow/type"), heard.text("/meta/workflowId"),
                path, end));
    }

    private void saysSo() {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            var region = owner.get("/v1/regions/" + REGION);
            assertThat(region.text("/data/state")).isEqualTo("degraded");
            assertThat(region.text("/data/stateReason"))
                    .startsWith("region " + REGION + " does not answer");
        });
        for (var one : asked) {
            Awaitility.await(one.toString()).atMost(PATIENCE).untilAsserted(() -> {
                var run = owner.get("/v1/workflows/runs/" + one.run());
                assertThat(run.text("/data/status")).as(run.raw().body()).isEqualTo("running");
                assertThat(run.text("/data/progress")).contains("does not answer");
                assertThat(run.json().at("/data/steps")).isNotEmpty();
            });
        }
        assertThat(count("select count(*) from event where type = 'region.degraded'"
                + " and subject_id = 'away'")).isEqualTo(1);
    }

    private void readsAnswer() {
        var paths = new ArrayList<>(asked.stream().map(Asked::path)
                .filter(path -> !path.startsWith(GLOBAL)).toList());
        for (var list : List.of("/compute/clusters", "/compute/instances", "/compute/networks",
                "/compute/storage", "/infrastructure/servers", "/deploys", "/training")) {
            paths.add(base + list);
        }
        paths.add("/v1/regions");
        for (var path : paths) {
            long begin = System.nanoTime();
            var heard = owner.get(path);
            assertThat(heard.status()).as(path + heard.raw().body()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).as(path)
                    .isLessThan(FULL_SPEED);
        }
        var log = owner.get(base + "/training/held/logs");
        assertThat(log.status()).as("what only the region knows").isEqualTo(503);
        assertThat(log.text("/error/code")).isEqualTo("UPSTREAM_UNAVAILABLE");
        assertThat(owner.post(base + "/infrastructure/servers/dark:validate", Map.of())
                .text("/data/errors/0/code")).isEqualTo("UPSTREAM_UNAVAILABLE");
    }

    /// However often a run looks whether the region is back.
    private void saysSoOnce() {
        assertThat(count("select coalesce(max(n), 0) from (select count(*) as n from event"
                + " where type = 'run.progress' and data ->> 'progress' like '%does not answer%'"
                + " group by subject_id) as said")).isBetween(1L, 4L);
    }

    /// Back for a moment, and away again in the middle of whatever goes on: what was asked by then
    /// is done, and its answer is lost.
    private void comeBackHaltingly() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            cable.join();
            Thread.sleep(3_000);
            cable.deafen();
            Thread.sleep(200);
            cable.cut();
            Thread.sleep(300);
        }
    }

    // When it is back.

    private void isDone(Asked one) {
        var run = all.end(one.run());
        assertThat(run.path("status").asText()).as(one + " " + run).isEqualTo("completed");
        if (one.path().startsWith(GLOBAL)) {
            var parts = one.path().split("/");
            assertThat(owner.get(GLOBAL + "/" + parts[4] + "?name=" + parts[5])
                    .json().at("/data")).as(one.toString()).isEmpty();
        } else if (one.end().equals("gone")) {
            assertThat(owner.get(one.path()).status()).as(one.toString()).isEqualTo(404);
        } else {
            Awaitility.await(one.toString()).atMost(PATIENCE).untilAsserted(() -> assertThat(
                    owner.get(one.path()).text("/data/state")).matches(one.end()));
        }
    }

    private void nothingWasDoneTwice() {
        assertThat(count("""
                select count(*) from run where project = '%s'
                and (attempt > 1 or status in ('failed', 'cancelled', 'attention'))"""
                .formatted(project))).isZero();
        assertThat(count("""
                select count(*) from (select subject_id, type from event
                where project = '%s' and (type like '%%.created' or type like '%%.deleted')
                and subject_kind <> 'run'
                group by subject_id, type having count(*) > 1) as twice""".formatted(project)))
                .isZero();
        assertThat(count("select count(*) from event where type like '%.repairing' and project = '"
                + project + "'")).as("an outage is no drift").isZero();
        Map.of("cluster", "k0rdent.mirantis.com/v1beta1 ClusterDeployment",
                "instance", "kubevirt.io/v1 VirtualMachine",
                "machine", "metal3.io/v1alpha1 BareMetalHost",
                "inference_endpoint", "serving.kserve.io/v1beta1 InferenceService",
                "training", "trainer.kubeflow.org/v1alpha1 TrainJob").forEach((table, kind) ->
                        assertThat(objects(kind)).as(kind).isEqualTo(count("""
                                select count(*) from %s where deleted_at is null
                                and project_id = '%s' and state <> 'cancelled'
                                """.formatted(table, project))));
    }

    private long objects(String kind) {
        var words = kind.split(" ");
        var view = clients.view(regions.target(access.system("test"), "main"));
        var found = view.list(view.kind(words[0], words[1]).orElseThrow(),
                ProjectNamespace.name(project), null);
        assertThat(found).extracting(it -> it.at("/metadata/name").asText())
                .doesNotHaveDuplicates();
        return found.size();
    }

    private long count(String sql) {
        return database.read(access.system("test"), tx -> tx.handle()
                .createQuery(sql).mapTo(long.class).one());
    }

    /// GPUs and ports are few, and others need them.
    private void clear() {
        for (var name : List.of("bare", "dark", "moved", "fresh")) {
            begun.add(accepted(name, owner.delete(base + "/infrastructure/servers/" + name)));
        }
        settled();
        begun.add(accepted("clear", owner.delete(GLOBAL + "/projects/" + project
                + "?cascade=true")));
        settled();
    }
}
