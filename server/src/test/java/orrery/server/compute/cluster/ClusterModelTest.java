package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import orrery.kit.Problem;
import orrery.kit.durable.FaultyEngine;
import orrery.kit.durable.FaultyEngine.Moment;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.Trees;
import orrery.kit.test.TestProcess;
import orrery.server.compute.cluster.Cluster.State;
import orrery.server.tenancy.region.SettleRegions;
import orrery.sim.Sim;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Anything in any order: requests, a KCM that fails, a region that is away, servers that die. No
/// cluster takes a step that its life does not have, nothing is lost of the quota, and nothing
/// stays in the region that nobody knows.
@Tag("sagas")
class ClusterModelTest {
    private static final Duration PATIENCE = Duration.ofSeconds(300);
    private static final int STEPS = 60;
    private static final int MOST = 5;
    private static final List<String> FAULTS = List.of("", "", "fail at chart: a fault",
            "fail at workers: a fault", "fail at uninstall: a fault", "slow 4");
    private static SimulatedClusters world;

    private final List<String> done = new ArrayList<>();
    private Random random;
    private TestProcess server;
    private Clusters clusters;
    private NodePools pools;
    private SettleRegions settling;

    @BeforeAll
    static void open() {
        world = new SimulatedClusters();
    }

    @AfterAll
    static void shut() {
        world.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void whateverHappensNothingIsLost(long seed) throws InterruptedException {
        random = new Random(Long.getLong("orrery.seed", seed));
        start();
        try {
            for (int i = 0; i < STEPS; i++) {
                act();
                Thread.sleep(random.nextInt(60));
            }
            comeToRest();
            everyStepIsOneOfItsLife();
            Awaitility.await().atMost(PATIENCE)
                    .untilAsserted(this::everyClusterIsWhatItsDeploymentIs);
            allGo();
        } catch (Throwable failure) {
            throw new AssertionError("seed " + seed + " after " + done + ": " + failure, failure);
        } finally {
            stop();
        }
    }

    /// A server that dies now and then at a step that it has done and not yet recorded.
    private void start() {
        var dice = new Random(random.nextLong());
        server = TestProcess.faulty(world.test.address(), TestProcess.LIMITS,
                (input, step, moment) -> {
                    if (moment == Moment.ACTED && dies(dice)) {
                        FaultyEngine.die();
                    }
                });
        server.engine().start(List.of(world.sagas(server.runs())));
        clusters = world.clusters(server.events(), server.runs());
        pools = world.pools(server.events(), server.runs());
        settling = world.settling(server.runs());
    }

    private static synchronized boolean dies(Random dice) {
        return dice.nextInt(12) == 0;
    }

    private void stop() {
        settling.close();
        server.close();
    }

    private List<Cluster> there() {
        return world.all().stream().filter(it -> it.deletedAt() == null).toList();
    }

    private void act() {
        var there = there();
        var one = there.isEmpty() ? null : there.get(random.nextInt(there.size()));
        int what = random.nextInt(100);
        if (one == null || what < 15 && there.size() < MOST) {
            asks("create", () -> create(random.nextInt(5) == 0));
        } else if (what < 30) {
            int count = random.nextInt(4);
            asks("scale", () -> pools.scale(SimulatedClusters.GRANT, SimulatedClusters.REGION,
                    one.id(), "workers", count, OptionalLong.empty()));
        } else if (what < 36) {
            asks("remove pool", () -> pools.remove(SimulatedClusters.GRANT,
                    SimulatedClusters.REGION, one.id(), "workers", OptionalLong.empty()));
        } else if (what < 42) {
            asks("add pool", () -> pools.add(SimulatedClusters.GRANT, SimulatedClusters.REGION,
                    one.id(), new NewCluster.Pool("workers", NodePool.Role.WORKER, 1, null, null,
                            null)));
        } else if (what < 52) {
            asks("upgrade", () -> change(one, List.of("v1.35.2", "v1.36.3")
                    .get(random.nextInt(2)), null));
        } else if (what < 62) {
            asks("update", () -> change(one, null, one.setup().with(
                    JsonNodeFactory.instance.objectNode(), random.nextBoolean() ? List.of()
                            : List.of(new Service("v", "default", "sim-kubevirt-1-0-0", null)))));
        } else if (what < 70) {
            asks("delete", () -> clusters.delete(SimulatedClusters.GRANT,
                    SimulatedClusters.REGION, one.id(), OptionalLong.empty()));
        } else if (what < 75) {
            asks("cancel", () -> clusters.cancel(SimulatedClusters.GRANT,
                    SimulatedClusters.REGION, one.id(), OptionalLong.empty()));
        } else if (what < 88) {
            happens("fault", () -> world.fault(
                    one.id(), FAULTS.get(random.nextInt(FAULTS.size()))));
        } else if (what < 91) {
            happens("away", this::away);
        } else if (what < 94) {
            done.add("restart");
            stop();
            start();
        } else {
            done.add("settle");
            SimulatedClusters.round(settling);
        }
    }

    private void create(boolean dryRun) {
        clusters.create(SimulatedClusters.GRANT, SimulatedClusters.REGION, new NewCluster(null,
                null, null, Map.of(), random.nextBoolean() ? SimulatedClusters.OLDEST : null,
                List.of(new NewCluster.Pool("workers", NodePool.Role.WORKER, 1, null, null,
                        null)), null, null, Setup.PLAIN, dryRun));
    }

    private void change(Cluster one, String version, Setup setup) {
        clusters.change(SimulatedClusters.GRANT, SimulatedClusters.REGION, one.id(),
                old -> new Clusters.Change(null, null, Map.of(), List.of(), version, setup),
                OptionalLong.empty());
    }

    private void away() {
        world.stranger().create(Trees.read("""
                apiVersion: sim.orrery.dev/v1
                kind: Fault
                metadata: {generateName: away-}
                spec: {kind: APIServer, cluster: %s, fault: away, seconds: 2}
                """.formatted(Sim.MANAGEMENT)));
    }

    /// A request may be refused because of what is going on, and for nothing else.
    private void asks(String what, Runnable request) {
        try {
            request.run();
            done.add(what);
        } catch (Problem.Failure refusal) {
            done.add(what + " refused");
            var good = switch (refusal.problem()) {
                case Problem.IllegalTransition _, Problem.NotFound _, Problem.Conflict _,
                        Problem.UpgradeNotAllowed _, Problem.Unprocessable _ -> true;
                default -> false;
            };
            assertThat(good).as(what + ": " + refusal.problem()).isTrue();
        }
    }

    /// What befalls the region cannot befall one that is away.
    private void happens(String what, Runnable event) {
        try {
            event.run();
            done.add(what);
        } catch (KubeFailure failure) {
            done.add(what + " missed");
        }
    }

    /// Nobody asks any more and nothing goes wrong: in the end nothing is on its way.
    private void comeToRest() {
        stop();
        start();
        var healed = new AtomicBoolean();
        Awaitility.await().atMost(PATIENCE).until(() -> {
            if (!healed.get()) {
                happens("heal", () -> {
                    world.deployments().keySet().forEach(it -> world.fault(it, ""));
                    healed.set(true);
                });
            }
            SimulatedClusters.round(settling);
            return healed.get() && world.openRuns() == 0
                    && there().stream().noneMatch(it -> isOnItsWay(it.state()));
        });
        Awaitility.await().atMost(PATIENCE).until(() -> {
            SimulatedClusters.round(settling);
            return world.openRuns() == 0 && there().stream()
                    .noneMatch(it -> isOnItsWay(it.state()) || it.state() == State.DEGRADED);
        });
    }

    private static boolean isOnItsWay(State state) {
        return switch (state) {
            case PENDING, PROVISIONING, SCALING, UPGRADING, UPDATING, DELETING -> true;
            case RUNNING, DEGRADED, FAILED, DELETE_FAILED, DELETED -> false;
        };
    }

    private static Set<State> after(State state) {
        return switch (state) {
            case PENDING -> EnumSet.of(State.PROVISIONING, State.DELETING);
            case PROVISIONING -> EnumSet.of(State.PROVISIONING, State.RUNNING, State.FAILED,
                    State.DELETING, State.DELETED);
            case RUNNING, DEGRADED -> EnumSet.of(State.RUNNING, State.DEGRADED, State.SCALING,
                    State.UPGRADING, State.UPDATING, State.FAILED, State.DELETING);
            case SCALING, UPGRADING, UPDATING ->
                    EnumSet.of(State.RUNNING, State.DEGRADED, State.DELETING);
            case FAILED -> EnumSet.of(State.DELETING);
            case DELETING -> EnumSet.of(State.DELETED, State.DELETE_FAILED);
            case DELETE_FAILED -> EnumSet.of(State.DELETING);
            case DELETED -> EnumSet.noneOf(State.class);
        };
    }

    private void everyStepIsOneOfItsLife() {
        var states = new HashMap<String, State>();
        for (var event : world.events()) {
            var word = event.type().substring("cluster.".length());
            var state = switch (word) {
                case "created" -> State.PENDING;
                case "repairing" -> State.SCALING;
                case "updated", "cancelling" -> states.get(event.cluster());
                default -> State.valueOf(word.toUpperCase(Locale.ROOT));
            };
            var before = states.put(event.cluster(), state);
            if (word.equals("created")) {
                assertThat(before).isNull();
            } else if (!Set.of("updated", "cancelling").contains(word)) {
                assertThat(after(before)).as(event.cluster() + " from " + before)
                        .contains(state);
            }
        }
        world.all().forEach(it -> assertThat(states.get(it.id())).as(it.id())
                .isEqualTo(it.state()));
    }

    private void everyClusterIsWhatItsDeploymentIs() {
        var objects = world.deployments();
        for (var cluster : world.all()) {
            var object = objects.get(cluster.id());
            switch (cluster.state()) {
                case RUNNING -> {
                    assertThat(object).as(cluster.toString()).isNotNull();
                    assertThat(Deployed.of(object).isChanged(cluster))
                            .as(cluster + " is " + object).isFalse();
                    assertThat(object.at("/spec/dryRun").asBoolean()).isFalse();
                }
                case DELETE_FAILED -> { }
                default -> assertThat(object).as(cluster + " is " + cluster.state()).isNull();
            }
        }
    }

    private void allGo() {
        there().forEach(it -> clusters.delete(SimulatedClusters.GRANT,
                SimulatedClusters.REGION, it.id(), OptionalLong.empty()));
        Awaitility.await().atMost(PATIENCE).until(() -> {
            // A deletion that met a fault just before it was healed is asked for again.
            there().stream().filter(it -> it.state() == State.DELETE_FAILED)
                    .forEach(it -> clusters.delete(SimulatedClusters.GRANT,
                            SimulatedClusters.REGION, it.id(), OptionalLong.empty()));
            return there().isEmpty() && world.openRuns() == 0;
        });
        assertThat(world.used()).isZero();
        Awaitility.await().atMost(PATIENCE).until(() -> world.deployments().isEmpty());
        assertThat(world.runs("attention")).isZero();
    }
}
