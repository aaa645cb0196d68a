package orrery.server.compute.cluster;

import static orrery.server.compute.cluster.ClusterWorld.GRANT;
import static orrery.server.compute.cluster.ClusterWorld.REGION;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import orrery.kit.Problem;
import orrery.kit.durable.Status;
import orrery.kit.test.TestProcess;
import orrery.server.tenancy.quota.Amounts;
import orrery.server.tenancy.quota.Quota;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What nodes take of a quota, on the simulated region.
@Tag("sagas")
class ClusterQuotaTest {
    private static ClusterWorld world;
    private static TestProcess server;
    private static Clusters clusters;
    private static NodePools pools;

    @BeforeAll
    static void open() {
        world = ClusterWorld.simulated();
        server = new TestProcess(world.test.address(), TestProcess.LIMITS);
        server.engine().start(List.of(world.sagas(server.runs())));
        clusters = world.clusters(server.events(), server.runs());
        pools = world.pools(server.events(), server.runs());
    }

    @AfterAll
    static void shut() {
        server.close();
        world.close();
    }

    @AfterEach
    void allGo() {
        limit(null);
        world.all().stream().filter(it -> it.deletedAt() == null)
                .map(it -> clusters.delete(GRANT, REGION, it.id(), OptionalLong.empty()))
                .toList().forEach(ClusterQuotaTest::ends);
        assertThat(used()).isEqualTo(Amounts.NONE);
    }

    private static Amounts used() {
        return world.quotas.get(GRANT).used();
    }

    private static void limit(Long cores) {
        world.quotas.change(GRANT, old -> new Quota.Limits(null, cores, null, null, null, null),
                OptionalLong.empty());
    }

    private static void ends(Clusters.Accepted accepted) {
        var run = server.await(GRANT, accepted.run().id());
        assertThat(run.status()).as(String.valueOf(run.error())).isEqualTo(Status.COMPLETED);
    }

    /// @param type of the workers, two of them
    private static Clusters.Accepted asked(String type) {
        return clusters.create(GRANT, REGION, new NewCluster(null, null, null, Map.of(), null,
                List.of(new NewCluster.Pool(null, NodePool.Role.CONTROL_PLANE, 1, null, null,
                        null), new NewCluster.Pool(null, NodePool.Role.WORKER, 2, type, null,
                        null))));
    }

    private static Cluster running(String type) {
        var asked = asked(type);
        ends(asked);
        return world.get(asked.cluster().id());
    }

    private static Clusters.Accepted scaled(Cluster cluster, int workers) {
        return pools.scale(GRANT, REGION, cluster.id(), "workers", workers,
                OptionalLong.empty());
    }

    private static Amounts nodes(int count) {
        return new Amounts(count, 16L * count, 128L * count, 0, 1, 0);
    }

    @Test
    void nodesAreTakenAtOnceAndGivenBackWhenTheyAreGone() {
        var cluster = running("vm.h100");
        assertThat(used()).isEqualTo(nodes(2));
        var more = scaled(cluster, 3);
        assertThat(used()).as("before there is one more").isEqualTo(nodes(3));
        ends(more);
        var fewer = scaled(cluster, 1);
        ends(fewer);
        assertThat(used()).isEqualTo(nodes(1));
        ends(pools.remove(GRANT, REGION, cluster.id(), "workers", OptionalLong.empty()));
        assertThat(used()).isEqualTo(Amounts.CLUSTER);
        limit(20L);
        assertThat(refused(() -> pools.add(GRANT, REGION, cluster.id(), new NewCluster.Pool(
                "workers", NodePool.Role.WORKER, 2, "vm.h100", null, null)))).isTrue();
        ends(pools.add(GRANT, REGION, cluster.id(), new NewCluster.Pool(
                "workers", NodePool.Role.WORKER, 1, "vm.h100", null, null)));
        assertThat(used()).isEqualTo(nodes(1));
        assertThat(refused(() -> asked("vm.large"))).isTrue();
        assertThat(used()).as("what was refused is not counted").isEqualTo(nodes(1));
    }

    @Test
    void whatWasTakenForAChangeIsGivenBackWhenThatFails() {
        var cluster = running("vm.large");
        world.fault(cluster.id(), "fail at workers: no machines left");
        var run = server.await(GRANT, scaled(cluster, 5).run().id());
        assertThat(run.status()).isEqualTo(Status.FAILED);
        assertThat(world.usedCores()).isEqualTo(8);
        limit(12L);
        world.fault(cluster.id(), "");
        var again = server.await(GRANT, world.test.database().tx(
                GRANT, tx -> server.runs().retry(tx, run.id(), null)));
        assertThat(again.error().message()).as("a repetition asks again").contains("cpuCores");
        assertThat(world.usedCores()).isEqualTo(8);
        assertThat(world.get(cluster.id()).nodes(NodePool.Role.WORKER)).isEqualTo(2);
    }

    @Test
    void ofChangesAtTheSameTimeAsManyAreTakenAsThereIsRoomFor() throws Exception {
        limit(10L);
        assertThat(atOnce(IntStream.range(0, 6).mapToObj(
                it -> (Runnable) () -> asked("vm.medium")))).as("of four cores each").isEqualTo(2);
        assertThat(world.usedCores()).isEqualTo(8);
        var both = world.all().stream().filter(it -> it.deletedAt() == null).toList();
        both.forEach(it -> server.await(GRANT, it.runId()));
        assertThat(atOnce(both.stream().map(it -> (Runnable) () -> scaled(it, 3)))).isEqualTo(1);
        assertThat(world.usedCores()).isEqualTo(10);
    }

    /// @return how many were not refused
    private static long atOnce(Stream<Runnable> all) throws InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.invokeAll(all.map(
                            it -> (Callable<Boolean>) () -> !refused(it)).toList())
                    .stream().filter(Future::resultNow).count();
        }
    }

    private static boolean refused(Runnable request) {
        try {
            request.run();
            return false;
        } catch (Problem.Failure refusal) {
            assertThat(refusal.problem()).isInstanceOf(Problem.QuotaExceeded.class);
            return true;
        }
    }

    @Test
    void clustersFromBeforeNodesCountedCountSinceTheMigration() throws IOException {
        var cluster = running("vm.h100");
        world.test.database().write(GRANT, tx -> tx.handle().execute("""
                update cluster
                set node_pools = (select jsonb_agg(pool - 'size' order by place)
                  from jsonb_array_elements(node_pools) with ordinality as pools (pool, place));
                update quota_reservation
                set amounts = '{"clusterCount": 1}';
                update quota
                set used = '{"clusterCount": 1}';
                """));
        assertThat(used()).isEqualTo(Amounts.CLUSTER);
        try (InputStream migration = Clusters.class.getResourceAsStream(
                "/db/server/V339__node_quota.sql")) {
            var sql = new String(migration.readAllBytes(), StandardCharsets.UTF_8);
            world.test.database().write(GRANT, tx -> tx.handle().createScript(sql).execute());
        }
        assertThat(used()).isEqualTo(nodes(2));
        assertThat(world.get(cluster.id()).nodePools()).isEqualTo(cluster.nodePools());
    }
}
