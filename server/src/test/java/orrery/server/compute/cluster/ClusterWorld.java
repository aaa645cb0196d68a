package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orrery.kit.Ids;
import orrery.kit.access.Grant;
import orrery.kit.durable.LoopRound;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.events.Events;
import orrery.kit.kube.Fence;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeLimits;
import orrery.kit.kube.RealCluster;
import orrery.kit.kube.Stranger;
import orrery.kit.kube.Trees;
import orrery.kit.net.Outbound;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.SimulatedRegion;
import orrery.server.compute.network.Networks;
import orrery.server.platform.catalogue.InstanceTypes;
import orrery.server.platform.stack.Stacks;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.NewRegion;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;
import orrery.server.tenancy.region.SettleRegions;
import org.awaitility.Awaitility;

/// Everything that makes clusters, on a real database and some management cluster: without HTTP
/// and without identity.
public final class ClusterWorld implements AutoCloseable {
    public static final String REGION = "eu1";
    public static final Grant GRANT = TestDatabase.grant();
    static final String OLDEST = "v1.34.3";
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String FAULT = "orrery.dev/fault";
    /// So many take little longer to make than one.
    private static final int AT_ONCE = 6;

    public final TestDatabase test = TestDatabase.create("server");
    public final TestProcess process = new TestProcess(test.address(), TestProcess.LIMITS);
    public final KubeClients clients = new KubeClients(
            new Outbound(new Outbound.Rules(true, Set.of())), KubeLimits.DEFAULT);
    public final Ids ids = new Ids(new SecureRandom());
    final Regions regions;
    final Networks networks;
    final Quotas quotas;
    final Stacks stacks;
    final Management management;
    final Lifecycle lifecycle;
    private final ClusterTable table = new ClusterTable();
    /// Ahead, so that nobody waits whether a failure passes by itself.
    private final Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1));
    /// Clusters that run and that no test has had yet.
    private final Deque<String> spare = new ArrayDeque<>();
    private final String name;
    private final Runnable end;

    /// The simulated region, and a real API server where there is one: each when it is asked for.
    static Stream<ClusterWorld> each() {
        return Stream.<Supplier<ClusterWorld>>of(ClusterWorld::simulated, ClusterWorld::real)
                .limit(RealCluster.isOffered() ? 2 : 1).map(Supplier::get);
    }

    static Stream<ClusterWorld> simulatedOnly() {
        return Stream.of(simulated());
    }

    static ClusterWorld simulated() {
        return new ClusterWorld("the simulated region", SimulatedRegion.hasty(), () -> { });
    }

    private static ClusterWorld real() {
        var kcm = new PlayedKcm();
        return new ClusterWorld("a real API server", kcm.kubeconfig(), kcm::close);
    }

    /// @param kubeconfig of the management cluster
    /// @param end        what ends it
    private ClusterWorld(String name, String kubeconfig, Runnable end) {
        this.name = name;
        this.end = end;
        People.insert(test);
        var database = test.database();
        var events = process.events();
        regions = new Regions(database, TestProcess.sealing(), events, clock);
        regions.register(TestDatabase.ACCESS.system("test"),
                new NewRegion(REGION, "Europe", kubeconfig, null, List.of()));
        networks = new Networks(
                database, null, regions, events, TestProcess.paging(), ids, clock);
        quotas = new Quotas(database, events, clock);
        stacks = new Stacks(database, regions, null, events, TestProcess.paging(), ids, clock);
        management = new Management(regions, clients);
        lifecycle = new Lifecycle(
                database, networks, quotas, TestProcess.sealing(), events, clock);
    }

    /// The use cases, as one process has them.
    public Clusters clusters(Events events, Runs runs) {
        var projects = new Projects(
                test.database(), null, null, null, events, null, null, ids, clock);
        return new Clusters(test.database(), projects, null, regions, networks, types(), stacks,
                quotas, new Offers(management), events, runs, TestProcess.paging(),
                TestProcess.sealing(), ids, clock);
    }

    NodePools pools(Events events, Runs runs) {
        return new NodePools(test.database(), networks, types(), quotas, runs, events,
                TestProcess.paging(), ids, clock);
    }

    private InstanceTypes types() {
        return new InstanceTypes(test.database(), regions, null, process.events(),
                TestProcess.paging(), clock);
    }

    Saga<?>[] sagas(Runs runs) {
        return new Saga<?>[] {creating(), scaling(), upgrading(), updating(), trying(),
            deleting(runs)};
    }

    CreateCluster creating() {
        return new CreateCluster(lifecycle, management, regions, clients, clock);
    }

    ScaleCluster scaling() {
        return new ScaleCluster(lifecycle, management, regions, clients, clock);
    }

    UpgradeCluster upgrading() {
        return new UpgradeCluster(
                lifecycle, management, regions, test.database(), clients, clock);
    }

    UpdateCluster updating() {
        return new UpdateCluster(
                lifecycle, management, regions, test.database(), clients, clock);
    }

    TryCluster trying() {
        return new TryCluster(lifecycle, management, regions, clients, clock);
    }

    DeleteCluster deleting(Runs runs) {
        return new DeleteCluster(lifecycle, management, regions, clients, runs, clock);
    }

    SettleRegions settling(Runs runs) {
        var settling = new SettleClusters(management, lifecycle, test.database(), runs, clock);
        return new SettleRegions(regions, clients, List.of(settling), clock);
    }

    /// One round of the loop that settles.
    static void round(SettleRegions settling) {
        settling.round(new LoopRound(TestDatabase.ACCESS.system("test"),
                new Fence("loop test", Long.MAX_VALUE, () -> true)));
    }

    /// A cluster that was asked for and is not there yet.
    Cluster asked(String version, Setup setup) {
        var id = ids.next("cls");
        var pools = List.of(
                new NodePool("np_c", "control-plane", NodePool.Role.CONTROL_PLANE, 1, 0, null,
                        null, null),
                new NodePool("np_w", "workers", NodePool.Role.WORKER, 1, 0, null, null, null));
        var asked = new NewCluster(
                null, null, null, Map.of(), version, List.of(), null, null, setup, false);
        var made = Cluster.asked(id, GRANT.scope(), REGION,
                "c" + id.substring(4, 14).toLowerCase(Locale.ROOT), asked, pools, null,
                "usr_test", clock.instant());
        test.database().write(GRANT, tx -> table.insert(tx, made));
        return made;
    }

    /// A cluster that runs, of the oldest version. It is made by a process that is gone
    /// afterwards: one that stayed would take over the runs of a process that a test lets die.
    public Cluster running() {
        if (spare.isEmpty()) {
            var asked = Stream.generate(() -> asked(OLDEST, Setup.PLAIN)).limit(AT_ONCE).toList();
            for (var ended : create(asked)) {
                if (ended.error() != null) {
                    throw new AssertionError(ended.toString());
                }
            }
            asked.forEach(it -> spare.add(it.id()));
        }
        return get(spare.remove());
    }

    /// How making it ended.
    Run create(Cluster asked) {
        return create(List.of(asked)).getFirst();
    }

    private List<Run> create(List<Cluster> asked) {
        try (var maker = TestProcess.start(test, creating())) {
            var runs = asked.stream().map(it -> test.database().tx(GRANT, tx -> maker.runs().start(
                    tx, CreateCluster.TYPE, new CreateCluster.Input(it.id()), null))).toList();
            return runs.stream().map(run -> maker.await(GRANT, run)).toList();
        }
    }

    /// Notes that a change has begun, as the use case does; whose run, nobody knows.
    void begin(String id, Cluster.State state) {
        test.database().write(GRANT,
                tx -> table.rows.begin(tx, id, state, null, clock.instant()));
    }

    Cluster get(String id) {
        return lifecycle.get(GRANT, id);
    }

    /// A cluster's deployment; empty when there is none.
    ObjectNode deployment(String id) {
        return management.deployment(GRANT, get(id)).orElseGet(() -> Trees.read("{}"));
    }

    /// Whether it has a deployment that stays.
    boolean isDeployed(String id) {
        var deployment = deployment(id);
        return !deployment.isEmpty() && !deployment.path("metadata").has("deletionTimestamp");
    }

    /// Waits until somebody else's deletion of its deployment is over.
    void awaitGone(String id) {
        Awaitility.await("gone: " + id).atMost(PATIENCE).until(() -> deployment(id).isEmpty());
    }

    long used() {
        return quotas.get(GRANT).used().clusterCount();
    }

    long usedCores() {
        return quotas.get(GRANT).used().cpuCores();
    }

    /// Cores that clusters were given of the quota, by cluster.
    Map<String, Long> reservedCores() {
        return test.database().read(GRANT, tx -> tx.handle().createQuery("""
                select id, (amounts ->> 'cpuCores')::bigint as cores
                from quota_reservation
                where kind = 'cluster'""").reduceRows(new TreeMap<String, Long>(), (all, row) -> {
                    all.put(row.getColumn("id", String.class),
                            row.getColumn("cores", Long.class));
                    return all;
                }));
    }

    /// All that there ever were.
    List<Cluster> all() {
        var every = test.database().read(GRANT, tx -> tx.handle()
                .createQuery("select id from cluster order by created_at")
                .mapTo(String.class).list());
        return lifecycle.all(GRANT, every);
    }

    /// The deployments of our clusters in the region, by cluster.
    Map<String, ObjectNode> deployments() {
        var ours = all().stream().map(Cluster::id).collect(Collectors.toSet());
        return management.view(GRANT, REGION)
                .list(ClusterDeployments.CLUSTER_DEPLOYMENT, namespace(), null).stream()
                .filter(it -> ours.contains(label(it)))
                .collect(Collectors.toMap(ClusterWorld::label, Function.identity()));
    }

    private static String label(ObjectNode object) {
        return object.path("metadata").path("labels").path(ClusterDeployments.CLUSTER).asText();
    }

    /// What goes wrong with a cluster's deployment from now on.
    ///
    /// @param fault `fail at workers: no machines left`; empty for nothing
    void fault(String id, String fault) {
        stranger().merge(ClusterDeployments.CLUSTER_DEPLOYMENT, namespace(),
                Cluster.objectName(id), Trees.read("metadata: {annotations: {%s: %s}}".formatted(
                        FAULT, fault.isEmpty() ? "null" : '"' + fault + '"')));
    }

    Stranger stranger() {
        return new Stranger(clients, regions.target(GRANT, REGION));
    }

    static String namespace() {
        return ProjectNamespace.name("prj_test");
    }

    static OptionalLong any() {
        return OptionalLong.empty();
    }

    @Override
    public void close() {
        process.close();
        clients.close();
        test.close();
        end.run();
    }

    @Override
    public String toString() {
        return name;
    }
}
