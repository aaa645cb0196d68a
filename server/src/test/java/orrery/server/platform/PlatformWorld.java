package orrery.server.platform;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import orrery.kit.Ids;
import orrery.kit.access.Grant;
import orrery.kit.durable.LoopRound;
import orrery.kit.durable.Run;
import orrery.kit.durable.Saga;
import orrery.kit.kube.Fence;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeLimits;
import orrery.kit.kube.KubeView;
import orrery.kit.kube.Stranger;
import orrery.kit.kube.Trees;
import orrery.kit.net.Outbound;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.SimulatedRegion;
import orrery.server.compute.cluster.People;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.NewRegion;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;
import orrery.server.tenancy.region.SettleRegions;
import orrery.server.tenancy.region.Settles;
import org.awaitility.Awaitility;

/// A project on the simulated region, for what stands on management clusters themselves: a real
/// database and the real Kubernetes protocol, without HTTP and without identity.
public final class PlatformWorld implements AutoCloseable {
    public static final Grant GRANT = TestDatabase.grant();
    public static final String REGION = "sim1";
    public static final String PROJECT = "prj_test";
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    public final TestDatabase test = TestDatabase.create("server");
    public final TestProcess process = new TestProcess(test.address(), TestProcess.LIMITS);
    public final Ids ids = new Ids(new SecureRandom());
    public final Clock clock = Clock.systemUTC();
    public final KubeClients clients = new KubeClients(
            new Outbound(new Outbound.Rules(true, Set.of())), KubeLimits.DEFAULT);
    public final Regions regions;
    public final Quotas quotas;
    public final Stranger stranger;

    public PlatformWorld() {
        People.insert(test);
        regions = new Regions(test.database(), TestProcess.sealing(), process.events(), clock);
        regions.register(TestDatabase.ACCESS.system("test"),
                new NewRegion(REGION, "Simulated", SimulatedRegion.hasty(), null, List.of()));
        quotas = new Quotas(test.database(), process.events(), clock);
        stranger = new Stranger(clients, regions.target(GRANT, REGION));
    }

    public KubeView view() {
        return clients.view(regions.target(GRANT, REGION));
    }

    public String namespace() {
        return ProjectNamespace.name(PROJECT);
    }

    /// GPUs that are reserved in the project.
    public long gpus() {
        return quotas.get(GRANT).used().gpuCount();
    }

    /// How a run of `saga` ended. It is made by a process that is gone afterwards.
    public <I extends Record> Run run(Saga<I> saga, I input) {
        try (var maker = TestProcess.start(test, saga)) {
            var run = test.database().tx(GRANT,
                    tx -> maker.runs().start(tx, saga.type(), input, null));
            return maker.await(GRANT, run);
        }
    }

    /// Lets whatever is made in the project's namespace from now on go wrong.
    ///
    /// @return what takes that back
    public AutoCloseable fault(String kind, String name, String fault) {
        var rule = "test-" + ids.next("flt").substring(4, 12).toLowerCase(Locale.ROOT);
        stranger.create(Trees.read("""
                apiVersion: sim.orrery.dev/v1
                kind: Fault
                metadata: {name: %s}
                spec: {kind: %s, namespace: %s, name: %s, fault: "%s"}
                """.formatted(rule, kind, namespace(), name, fault)));
        return () -> stranger.remove(view().kind("sim.orrery.dev/v1", "Fault").orElseThrow(),
                null, rule);
    }

    /// Settles until it is so.
    public void settle(Settles what, BooleanSupplier until) {
        try (var settling = new SettleRegions(regions, clients, List.of(what), clock)) {
            Awaitility.await().atMost(PATIENCE).until(() -> {
                settling.round(new LoopRound(TestDatabase.ACCESS.system("test"),
                        new Fence("loop test", Long.MAX_VALUE, () -> true)));
                return until.getAsBoolean();
            });
        }
    }

    @Override
    public void close() {
        process.close();
        clients.close();
        test.close();
    }
}
