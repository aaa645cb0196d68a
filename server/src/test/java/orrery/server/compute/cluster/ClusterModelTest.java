package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import orrery.kit.events.Subject;
import orrery.kit.test.TestProcess;
import orrery.server.Seeds;
import orrery.server.Story;
import orrery.server.compute.cluster.Cluster.State;
import orrery.server.tenancy.region.SettleRegions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/// Anything in any order: requests, a KCM that fails, a region that is away, servers that die. No
/// cluster takes a step that its life does not have, nothing is lost of the quota, and nothing
/// stays in the region that nobody knows.
@Tag("sagas")
class ClusterModelTest {
    private static final int STEPS = 60;
    private static final int MOST = 5;
    private static final List<String> FAULTS = List.of("", "", "fail at chart: a fault",
            "fail at workers: a fault", "fail at uninstall: a fault", "slow 4");
    private static final Set<String> AT_REST = Set.of("running", "degraded", "scaling",
            "repairing", "upgrading", "updating", "failed", "deleting");
    private static final Set<String> AFTER_CHANGE = Set.of("running", "degraded", "deleting");

    /// The life of a cluster: written down once more, not taken from what is tested.
    private static final Map<String, Set<String>> LIFE = Map.ofEntries(
            Map.entry("created", Set.of("provisioning", "deleting")),
            Map.entry("provisioning", Set.of(
                    "provisioning", "running", "failed", "deleting", "deleted")),
            Map.entry("running", AT_REST),
            Map.entry("degraded", AT_REST),
            Map.entry("scaling", AFTER_CHANGE),
            Map.entry("repairing", AFTER_CHANGE),
            Map.entry("upgrading", AFTER_CHANGE),
            Map.entry("updating", AFTER_CHANGE),
            Map.entry("failed", Set.of("deleting")),
            Map.entry("deleting", Set.of("deleted", "delete_failed")),
            Map.entry("delete_failed", Set.of("deleting")),
            Map.entry("deleted", Set.of()));

    private static ClusterWorld world;

    private Story story;
    private TestProcess server;
    private Clusters clusters;
    private NodePools pools;
    private SettleRegions settling;

    @BeforeAll
    static void open() {
        world = ClusterWorld.simulated();
    }

    @AfterAll
    static void shut() {
        world.close();
    }

    @Seeds({1, 2})
    void whateverHappensNothingIsLost(Story told) {
        story = told;
        story.tell(() -> {
            start();
            try {
                for (int i = 0; i < STEPS; i++) {
                    act();
                    story.pause();
                }
                comeToRest();
                everyStepIsOneOfItsLife();
                story.until(this::everyClusterIsWhatItsDeploymentIs);
                allGo();
            } finally {
                stop();
            }
        });
    }

    private void start() {
        server = story.worker(world.test, world::sagas);
        clusters = world.clusters(server.events(), server.runs());
        pools = world.pools(server.events(), server.runs());
        settling = world.settling(server.runs());
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
        var one = there.isEmpty() ? null : story.one(there);
        int what = story.dice(100);
        if (one == null || what < 15 && there.size() < MOST) {
            story.asks("create", () -> create(story.dice(5) == 0));
        } else if (what < 30) {
            int count = story.dice(4);
            story.asks("scale " + one.id(), () -> pools.scale(ClusterWorld.GRANT,
                    ClusterWorld.REGION, one.id(), "workers", count, OptionalLong.empty()));
        } else if (what < 36) {
            story.asks("remove pool " + one.id(), () -> pools.remove(ClusterWorld.GRANT,
                    ClusterWorld.REGION, one.id(), "workers", OptionalLong.empty()));
        } else if (what < 42) {
            story.asks("add pool " + one.id(), () -> pools.add(ClusterWorld.GRANT,
                    ClusterWorld.REGION, one.id(), new NewCluster.Pool("workers",
                            NodePool.Role.WORKER, 1, null, null, null)));
        } else if (what < 52) {
            story.asks("upgrade " + one.id(),
                    () -> change(one, story.one(List.of("v1.35.2", "v1.36.3")), null));
        } else if (what < 62) {
            story.asks("update " + one.id(), () -> change(one, null, one.setup().with(
                    JsonNodeFactory.instance.objectNode(), story.one(List.of(List.of(),
                            List.of(new Service("v", "default", "sim-kubevirt-1-0-0", null)))))));
        } else if (what < 70) {
            delete(one);
        } else if (what < 75) {
            story.asks("cancel " + one.id(), () -> clusters.cancel(ClusterWorld.GRANT,
                    ClusterWorld.REGION, one.id(), OptionalLong.empty()));
        } else {
            befall(one.id(), what);
        }
    }

    private void befall(String id, int what) {
        if (what < 88) {
            var fault = story.one(FAULTS);
            story.happens("fault '" + fault + "' " + id, () -> world.fault(id, fault));
        } else if (what < 91) {
            story.away(world.stranger());
        } else if (what < 94) {
            story.note("restart");
            stop();
            start();
        } else {
            story.note("settle");
            ClusterWorld.round(settling);
        }
    }

    private void create(boolean dryRun) {
        var version = story.dice(2) == 0 ? ClusterWorld.OLDEST : null;
        clusters.create(ClusterWorld.GRANT, ClusterWorld.REGION, new NewCluster(null,
                null, null, Map.of(), version, List.of(new NewCluster.Pool("workers",
                        NodePool.Role.WORKER, 1, null, null, null)), null, null, Setup.PLAIN,
                dryRun));
    }

    private void change(Cluster one, String version, Setup setup) {
        clusters.change(ClusterWorld.GRANT, ClusterWorld.REGION, one.id(),
                old -> new Clusters.Change(null, null, Map.of(), List.of(), version, setup),
                OptionalLong.empty());
    }

    private void delete(Cluster one) {
        story.asks("delete " + one.id(), () -> clusters.delete(ClusterWorld.GRANT,
                ClusterWorld.REGION, one.id(), OptionalLong.empty()));
    }

    /// Nobody asks any more and nothing goes wrong: in the end nothing is on its way.
    private void comeToRest() {
        stop();
        start();
        var healed = new AtomicBoolean();
        story.untilQuiet(world.test, () -> {
            if (!healed.get()) {
                story.happens("heal", () -> {
                    world.deployments().keySet().forEach(it -> world.fault(it, ""));
                    healed.set(true);
                });
            }
            ClusterWorld.round(settling);
            assertThat(healed.get()).isTrue();
            assertThat(there()).noneMatch(it -> isOnItsWay(it.state()));
        });
        story.untilQuiet(world.test, () -> {
            ClusterWorld.round(settling);
            assertThat(there()).noneMatch(
                    it -> isOnItsWay(it.state()) || it.state() == State.DEGRADED);
        });
    }

    private static boolean isOnItsWay(State state) {
        return switch (state) {
            case PENDING, PROVISIONING, SCALING, UPGRADING, UPDATING, DELETING -> true;
            case RUNNING, DEGRADED, FAILED, DELETE_FAILED, DELETED -> false;
        };
    }

    private void everyStepIsOneOfItsLife() {
        world.all().forEach(it -> assertThat(Story.follows(world.process.events(),
                ClusterWorld.GRANT, new Subject("cluster", it.id()), LIFE)).as(it.id())
                .isEqualTo(it.state().name().toLowerCase(Locale.ROOT)));
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
        there().forEach(this::delete);
        story.untilQuiet(world.test, () -> {
            // A deletion that met a fault just before it was healed is asked for again.
            there().stream().filter(it -> it.state() == State.DELETE_FAILED)
                    .forEach(this::delete);
            assertThat(there()).isEmpty();
        });
        assertThat(world.used()).isZero();
        story.until(() -> assertThat(world.deployments()).isEmpty());
    }
}
