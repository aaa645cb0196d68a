package orrery.server.compute.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import orrery.kit.Ids;
import orrery.kit.access.Grant;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.events.Events;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.RealCluster;
import orrery.kit.kube.Trees;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.compute.network.Networks;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.NewRegion;
import orrery.server.tenancy.region.Regions;
import orrery.server.tenancy.region.SettleRegions;
import orrery.sim.Sim;

/// Everything that makes clusters, on a real database and a real API server: without HTTP and
/// without identity.
public final class ComputeWorld implements AutoCloseable {
    static final String REGION = "eu1";
    public static final Grant GRANT = TestDatabase.grant();

    public final TestDatabase test = TestDatabase.create("server");
    public final RealCluster cluster;
    final PlayedKcm kcm;
    public final TestProcess process;
    public final KubeClients clients;
    final Regions regions;
    final Networks networks;
    final Quotas quotas;
    final Management management;
    final Lifecycle lifecycle;
    public final Ids ids = new Ids(new SecureRandom());
    private final ClusterTable table = new ClusterTable();
    private final Clock clock = Clock.systemUTC();

    public ComputeWorld() throws IOException {
        cluster = RealCluster.start();
        for (var definition : definitions()) {
            cluster.create(Trees.read(definition));
        }
        kcm = new PlayedKcm(cluster);
        process = new TestProcess(test.address(), TestProcess.LIMITS);
        clients = cluster.clients();
        var database = test.database();
        Events events = process.events();
        People.insert(test);
        regions = new Regions(database, TestProcess.sealing(), events, clock);
        regions.register(TestDatabase.ACCESS.system("test"),
                new NewRegion(REGION, "Europe", cluster.kubeconfig(), null, List.of()));
        networks = new Networks(database, null, regions, events, TestProcess.paging(),
                ids, clock);
        management = new Management(regions, clients);
        quotas = new Quotas(database, events, clock);
        lifecycle = new Lifecycle(
                database, networks, quotas, TestProcess.sealing(), events, clock);
    }

    /// KCM's published definitions where they stand beside the checkout, else our own minimal
    /// ones.
    private static List<String> definitions() throws IOException {
        var folder = Path.of("../../shared/data/kcm-crds");
        if (!Files.isDirectory(folder)) {
            try (var in = Sim.class.getResourceAsStream("kcm/crds.yaml")) {
                var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                return Stream.of(text.split("(?m)^---$")).skip(1).toList();
            }
        }
        var definitions = new ArrayList<String>();
        try (var files = Files.list(folder)) {
            for (var file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
                definitions.add(Files.readString(file));
            }
        }
        return definitions;
    }

    CreateCluster creating() {
        return new CreateCluster(lifecycle, management, regions, clients, clock);
    }

    ScaleCluster scaling() {
        return new ScaleCluster(lifecycle, management, regions, clients, clock);
    }

    DeleteCluster deleting(Runs runs) {
        return new DeleteCluster(lifecycle, management, regions, clients, runs, clock);
    }

    SettleRegions settling(Runs runs) {
        var settling = new SettleClusters(management, lifecycle, test.database(), runs, clock);
        return new SettleRegions(regions, clients, List.of(settling), clock);
    }

    /// The clusters as other packages' sagas use them: to find one and to reach it.
    public Clusters clusters() {
        return new Clusters(test.database(), null, null, regions, networks, null, quotas, null,
                process.events(), process.runs(), null, TestProcess.sealing(), ids, clock);
    }

    /// A cluster that was asked for and is not there yet.
    Cluster asked() {
        var id = ids.next("cls");
        var now = clock.instant();
        var pools = List.of(
                new NodePool("np_c", "control-plane", NodePool.Role.CONTROL_PLANE, 1, 0, null,
                        null, null),
                new NodePool("np_w", "workers", NodePool.Role.WORKER, 2, 0, null, null, null));
        var made = new Cluster(id, "org_test", "prj_test", REGION, "c" + id.substring(4, 10)
                .toLowerCase(Locale.ROOT), null, null, Map.of(),
                Cluster.Origin.PROVISIONED, Cluster.State.PENDING, null, null, null, null, pools,
                List.of(), List.of(), null, null, 0, null, 1, "usr_test", now, now, null,
                Setup.PLAIN, List.of());
        test.database().write(GRANT, tx -> table.insert(tx, made));
        return made;
    }

    /// A cluster that runs. It is made by a process that is gone afterwards: one that stayed would
    /// take over the runs of a process that a test lets die.
    public Cluster running() {
        var made = asked();
        var ended = create(made);
        if (ended.error() != null) {
            throw new AssertionError(ended.toString());
        }
        return get(made.id());
    }

    /// How making it ended.
    Run create(Cluster made) {
        try (var maker = TestProcess.start(test, creating())) {
            var run = test.database().tx(GRANT, tx -> maker.runs().start(
                    tx, CreateCluster.TYPE, new CreateCluster.Input(made.id()), null));
            return maker.await(GRANT, run);
        }
    }

    Cluster get(String id) {
        return lifecycle.get(GRANT, id);
    }

    boolean hasDeployment(String id) {
        try {
            return management.deployment(GRANT, get(id)).isPresent();
        } catch (KubeFailure failure) {
            throw new AssertionError(failure);
        }
    }

    @Override
    public void close() {
        kcm.close();
        process.close();
        clients.close();
        cluster.close();
        test.close();
    }
}
