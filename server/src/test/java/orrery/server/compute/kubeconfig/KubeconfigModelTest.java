package orrery.server.compute.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static orrery.server.compute.cluster.SimulatedWorld.GRANT;
import static orrery.server.compute.cluster.SimulatedWorld.REGION;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import orrery.kit.Problem;
import orrery.kit.durable.LoopRound;
import orrery.kit.durable.Saga;
import orrery.kit.kube.Fence;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.KubeTarget;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.Seeds;
import orrery.server.Story;
import orrery.server.compute.cluster.Cluster;
import orrery.server.compute.cluster.NewCluster;
import orrery.server.compute.cluster.SimulatedWorld;
import orrery.server.compute.kubeconfig.Kubeconfig.State;
import org.junit.jupiter.api.Tag;

/// Random sequences of what users, time, clusters that go and dying processes do with kubeconfigs.
/// In a cluster stands what its active kubeconfigs need, and nothing else; once its cluster is
/// gone, none is valid, none is downloaded, and none is about to be.
@Tag("sagas")
class KubeconfigModelTest {
    private static final int STEPS = 80;
    private static final int MOST = 2;
    private static final String LABEL = "orrery.dev/kubeconfig";

    /// The life of a kubeconfig: written down once more, not taken from what is tested.
    private static final Map<String, Set<String>> LIFE = Map.of(
            "requested", Set.of("issued", "failed"),
            "issued", Set.of("revoking"),
            "failed", Set.of("issued", "failed"),
            "revoking", Set.of("revoking", "revoked", "expired"),
            "expired", Set.of(),
            "revoked", Set.of());

    private final List<Future<?>> asked = new ArrayList<>();
    private final Map<String, KubeTarget> downloaded = new TreeMap<>();
    private Story story;
    private SimulatedWorld world;
    private Kubeconfigs kubeconfigs;
    private ExpireKubeconfigs expiring;
    private TestProcess worker;

    @Seeds(1)
    void noneOutlivesItsCluster(Story told) {
        story = told;
        story.tell(() -> {
            try (var opened = new SimulatedWorld();
                    var users = Executors.newVirtualThreadPerTaskExecutor()) {
                world = opened;
                kubeconfigs = new Kubeconfigs(world.test.database(), world.clusters, null,
                        TestDatabase.ACCESS, TestProcess.sealing(), world.process.events(),
                        world.process.runs(), TestProcess.paging(), world.ids, world.clock);
                expiring = new ExpireKubeconfigs(kubeconfigs, world.test.database());
                start();
                try {
                    for (int i = 0; i < STEPS; i++) {
                        act(users);
                        story.pause();
                    }
                    comesToRest();
                    allGo();
                } finally {
                    worker.close();
                }
            }
        });
    }

    private void start() {
        worker = story.worker(world.test, _ -> Stream.concat(Stream.of(world.sagas()), Stream.of(
                new IssueKubeconfig(kubeconfigs, world.clusters, world.clients),
                new RevokeKubeconfig(kubeconfigs, world.clusters, world.clients)))
                .toArray(Saga<?>[]::new));
    }

    private List<Cluster> clusters() {
        return world.test.database().read(GRANT, tx -> List.copyOf(world.clusters.byIds(
                tx, world.clusters.inProject(tx, GRANT.scope())).values())).stream()
                .filter(it -> !it.id().equals(world.cluster))
                .sorted(Comparator.comparing(Cluster::createdAt)).toList();
    }

    private List<Kubeconfig> all() {
        return world.test.database().read(GRANT, tx -> new KubeconfigTable().rows.select(
                tx, "order by created_at, id").mapTo(Kubeconfig.class).list());
    }

    private void act(ExecutorService users) {
        var clusters = clusters();
        var all = all();
        var cluster = clusters.isEmpty() ? null : story.one(clusters);
        var one = all.isEmpty() ? null : story.one(all);
        int what = cluster == null ? 0 : one == null ? 4 : story.dice(20);
        switch (what) {
            case 0, 1 -> create(clusters.size());
            case 2 -> delete(cluster);
            case 3, 4, 5, 6, 7, 8 -> {
                var role = story.one(List.of(Kubeconfig.Role.values()));
                beside(users, "issue one of " + cluster.id() + " " + cluster.state(),
                        () -> kubeconfigs.issue(GRANT, REGION, cluster.id(),
                                new NewKubeconfig(null, null, role, NewKubeconfig.STANDARD_TTL)));
            }
            case 9, 10, 11 -> beside(
                    users, "revoke " + one.id() + " " + one.state(), () -> revoke(one));
            case 12 -> {
                story.note("the time is over of " + one.id() + " " + one.state());
                world.test.database().write(GRANT, tx -> tx.handle().execute("""
                        update kubeconfig set expires_at = now() where id = ? and state = 'active'
                        """, one.id()));
            }
            case 13, 14, 15 -> story.meddle(worker, GRANT, one.runId());
            case 16 -> {
                story.note("restart");
                worker.close();
                start();
            }
            case 17 -> download(one);
            case 18 -> expire();
            default -> download(all.getLast());
        }
    }

    private void create(int there) {
        if (there < MOST) {
            story.asks("create cluster", () -> world.clusters.create(GRANT, REGION,
                    new NewCluster(null, null, null, Map.of(), null, List.of())));
            story.until(() -> assertThat(clusters()).noneMatch(
                    it -> it.state() == Cluster.State.PENDING
                            || it.state() == Cluster.State.PROVISIONING));
        }
    }

    private void delete(Cluster cluster) {
        story.asks("delete " + cluster.id() + " " + cluster.state(), () -> world.test.database()
                .write(GRANT, tx -> world.clusters.delete(tx, cluster.id())));
    }

    /// These requests wait for a run: other things happen meanwhile.
    private void beside(ExecutorService users, String what, Runnable request) {
        asked.add(users.submit(() -> story.asks(what, request)));
    }

    private void revoke(Kubeconfig one) {
        kubeconfigs.revoke(GRANT, REGION, one.clusterId(), one.id());
    }

    private void download(Kubeconfig one) {
        story.asks("download " + one.id() + " " + one.state(), () -> {
            var read = orrery.kit.kube.Kubeconfig.read(kubeconfigs.download(
                    GRANT, REGION, one.clusterId(), one.id()).reveal(), null);
            downloaded.put(one.id(),
                    new KubeTarget(one.id(), read, Set.of(read.server().getHost())));
        });
    }

    private void expire() {
        story.note("expire");
        expiring.round(new LoopRound(Story.SYSTEM,
                new Fence("loop test", Long.MAX_VALUE, () -> true)));
    }

    /// Nobody asks any more: in clusters stands what the active ones need, and nothing else.
    private void comesToRest() throws Exception {
        for (var each : asked) {
            each.get();
        }
        story.untilQuiet(world.test, () -> {
            expire();
            // What somebody stopped to revoke is revoked once more.
            all().stream().filter(it -> it.state() == State.REVOKING && isOver(it))
                    .forEach(it -> story.asks("revoke again " + it.id(), () -> revoke(it)));
            assertThat(all()).noneMatch(it -> it.state() == State.REVOKING);
        });
        for (var cluster : clusters()) {
            if (cluster.state().isUsable()) {
                var active = new TreeSet<>(all().stream()
                        .filter(it -> it.state() == State.ACTIVE
                                && it.clusterId().equals(cluster.id()))
                        .map(Kubeconfig::id).toList());
                assertThat(objects(cluster, Kind.SERVICE_ACCOUNT, AccessObjects.NAMESPACE))
                        .isEqualTo(active);
                assertThat(objects(cluster, Kind.CLUSTER_ROLE_BINDING, null)).isEqualTo(active);
                all().stream().filter(it -> it.clusterId().equals(cluster.id())
                        && downloaded.containsKey(it.id())).forEach(it -> assertThat(
                                letsIn(downloaded.get(it.id()))).as("%s", it)
                                .isEqualTo(active.contains(it.id())));
            }
        }
    }

    private boolean isOver(Kubeconfig one) {
        return world.process.runs().get(GRANT, String.valueOf(one.runId())).status().isOver();
    }

    private Set<String> objects(Cluster cluster, Kind kind, String namespace) {
        return new TreeSet<>(world.clients.view(world.clusters.target(GRANT, cluster.id()))
                .list(kind, namespace, LABEL).stream()
                .map(it -> it.at("/metadata/labels").path(LABEL).asText()).toList());
    }

    private void allGo() {
        story.untilQuiet(world.test, () -> {
            clusters().stream().filter(it -> it.state() != Cluster.State.DELETING)
                    .forEach(this::delete);
            assertThat(clusters()).isEmpty();
            expire();
            assertThat(all()).allMatch(it -> it.state().isOver());
        });
        for (var one : all()) {
            Story.follow(world.process.events(), GRANT, Kubeconfigs.KIND, List.of(one.id()), LIFE);
            var sealed = world.test.database().read(GRANT, tx -> new KubeconfigTable().rows
                    .sealed(tx, one.id(), Kubeconfigs.SEALED));
            assertThat(sealed).as("%s", one).isEmpty();
            assertThatThrownBy(() -> kubeconfigs.download(
                    GRANT, REGION, one.clusterId(), one.id()))
                    .isInstanceOf(Problem.Failure.class);
        }
        assertThat(downloaded.values()).noneMatch(this::letsIn);
    }

    /// Whether a cluster knows who asks, be it to refuse it.
    private boolean letsIn(KubeTarget target) {
        try {
            world.clients.view(target).list(
                    Kind.SERVICE_ACCOUNT, AccessObjects.NAMESPACE, null);
            return true;
        } catch (KubeFailure refused) {
            return refused.status() == 403;
        }
    }
}
