package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orrery.kit.Ids;
import orrery.kit.access.Grant;
import orrery.kit.durable.Saga;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeLimits;
import orrery.kit.kube.KubeView;
import orrery.kit.kube.Kubeconfig;
import orrery.kit.kube.Stranger;
import orrery.kit.net.Outbound;
import orrery.kit.secret.Secret;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.SimulatedRegion;
import orrery.server.compute.network.Networks;
import orrery.server.platform.catalogue.InstanceTypes;
import orrery.server.platform.stack.Stacks;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.NewRegion;
import orrery.server.tenancy.region.Regions;

/// A cluster that runs on the simulated region, for the sagas that work on clusters: a real
/// database and the real Kubernetes protocol, without HTTP and without identity.
public final class SimulatedWorld implements AutoCloseable {
    public static final Grant GRANT = TestDatabase.grant();
    public static final String REGION = "sim1";

    public final TestDatabase test = TestDatabase.create("server");
    public final TestProcess process = new TestProcess(test.address(), TestProcess.LIMITS);
    public final Ids ids = new Ids(new SecureRandom());
    public final Clock clock = Clock.systemUTC();
    public final KubeClients clients = new KubeClients(
            new Outbound(new Outbound.Rules(true, Set.of())), KubeLimits.DEFAULT);
    public final Regions regions;
    public final Stacks stacks;
    public final Clusters clusters;
    private final Lifecycle lifecycle;
    private final Management management;
    /// Identifier and name of the one cluster.
    public final String cluster = ids.next("cls");

    public SimulatedWorld() {
        People.insert(test);
        var database = test.database();
        regions = new Regions(database, TestProcess.sealing(), process.events(), clock);
        var networks = new Networks(database, null, regions, process.events(),
                TestProcess.paging(), ids, clock);
        regions.register(TestDatabase.ACCESS.system("test"),
                new NewRegion(REGION, "Simulated", SimulatedRegion.hasty(), null, List.of()));
        var quotas = new Quotas(database, process.events(), clock);
        stacks = new Stacks(database, regions, null, process.events(), TestProcess.paging(), ids,
                clock);
        management = new Management(regions, clients);
        var types = new InstanceTypes(
                database, regions, null, process.events(), TestProcess.paging(), clock);
        clusters = new Clusters(database, projects(), null, regions, networks, types, stacks,
                quotas, new Offers(management), process.events(), process.runs(), null,
                TestProcess.sealing(), ids, clock);
        // The management cluster itself: it has a node, and a test of ours makes no difference.
        lifecycle = new Lifecycle(
                database, networks, quotas, TestProcess.sealing(), process.events(), clock);
        var now = clock.instant();
        database.write(GRANT, tx -> {
            new ClusterTable().insert(tx, new Cluster(cluster, "org_test", "prj_test", REGION,
                    "here", null, null, Map.of(), Cluster.Origin.PROVISIONED,
                    Cluster.State.PROVISIONING, null, null, null, null, List.of(), List.of(),
                    List.of(), null, null, 0, null, 1, "usr_test", now, now, null,
                    Setup.PLAIN, List.of()));
            var config = Kubeconfig.read(SimulatedRegion.hasty(), null);
            lifecycle.connected(tx, cluster, new WayIn(
                    config.server().toString(), config.ca(), Secret.of(SimulatedRegion.hasty())));
            lifecycle.running(tx, cluster, List.of());
        });
    }

    /// The projects, as far as things are put into them.
    public Projects projects() {
        return new Projects(test.database(), null, null, null, process.events(),
                TestProcess.paging(), null, ids, clock);
    }

    /// What makes, changes and deletes clusters, for sagas that have clusters made.
    public Saga<?>[] sagas() {
        return new Saga<?>[] {creating(), updating(), deleting()};
    }

    CreateCluster creating() {
        return new CreateCluster(lifecycle, management, regions, clients, clock);
    }

    DeleteCluster deleting() {
        return new DeleteCluster(lifecycle, management, regions, clients, process.runs(), clock);
    }

    UpdateCluster updating() {
        return new UpdateCluster(
                lifecycle, management, regions, test.database(), clients, clock);
    }

    /// What the management cluster says of a cluster; empty when it has none.
    public Optional<ObjectNode> deployment(String id) {
        return management.deployment(GRANT, lifecycle.get(GRANT, id));
    }

    /// What stands on the cluster.
    public KubeView view() {
        return clients.view(clusters.target(GRANT, cluster));
    }

    /// Somebody else who works on the cluster.
    public Stranger stranger() {
        return new Stranger(clients, clusters.target(GRANT, cluster));
    }

    @Override
    public void close() {
        process.close();
        clients.close();
        test.close();
    }
}
