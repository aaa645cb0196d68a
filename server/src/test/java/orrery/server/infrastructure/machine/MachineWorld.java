package orrery.server.infrastructure.machine;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.kit.Ids;
import orrery.kit.access.Grant;
import orrery.kit.db.Json;
import orrery.kit.durable.FaultyEngine;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Status;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeLimits;
import orrery.kit.kube.KubeView;
import orrery.kit.kube.Stranger;
import orrery.kit.kube.Trees;
import orrery.kit.net.Outbound;
import orrery.kit.secret.Secret;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.SimulatedRegion;
import orrery.server.compute.cluster.People;
import orrery.server.infrastructure.pool.Pools;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.region.NewRegion;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;

/// Everything that works on servers, on a real database and the simulated region, whose Metal3
/// answers: without HTTP and without identity.
public final class MachineWorld implements AutoCloseable {
    public static final String REGION = "sim1";
    public static final Grant GRANT = TestDatabase.grant();
    static final Machine.Image IMAGE = new Machine.Image(
            "http://images.example/ubuntu.raw", "http://images.example/sums", null, "raw", true);
    private static final String NAMESPACE = ProjectNamespace.name("prj_test");
    /// Metal3 fails for good after this: tests do not wait long.
    private static final Duration PATIENCE = Duration.ofMillis(300);

    public final TestDatabase test = TestDatabase.create("server");
    public final TestProcess process = new TestProcess(test.address(), TestProcess.LIMITS);
    public final KubeClients clients = new KubeClients(
            new Outbound(new Outbound.Rules(true, Set.of())), KubeLimits.DEFAULT);
    final Lifecycle lifecycle;
    final Hosts hosts;
    public final Regions regions;
    public final Ids ids = new Ids(new SecureRandom());
    private final Looks looks;
    private final Clock clock = Clock.systemUTC();

    public MachineWorld() {
        People.insert(test);
        regions = new Regions(test.database(), TestProcess.sealing(), process.events(), clock);
        regions.register(TestDatabase.ACCESS.system("test"),
                new NewRegion(REGION, "Simulated", SimulatedRegion.hasty(), null, List.of()));
        hosts = new Hosts(regions, clients);
        lifecycle = new Lifecycle(
                test.database(), TestProcess.sealing(), process.events(), ids, clock);
        looks = new Looks(lifecycle, hosts, new Patience(PATIENCE), clock);
    }

    RegisterMachine registering() {
        return new RegisterMachine(lifecycle, looks, regions, clients);
    }

    ProvisionMachine provisioning() {
        return new ProvisionMachine(lifecycle, looks, regions, clients);
    }

    ConnectMachine connecting() {
        return new ConnectMachine(lifecycle, looks, regions, clients);
    }

    OperateMachine operating() {
        return new OperateMachine(lifecycle, looks, regions, clients);
    }

    DecommissionMachine decommissioning(Runs runs) {
        return new DecommissionMachine(lifecycle, looks, regions, clients, runs);
    }

    SettleMachines settling(Runs runs) {
        return new SettleMachines(hosts, lifecycle, test.database(), runs);
    }

    /// A process that works on runs of servers.
    ///
    /// @param fault what goes wrong in it
    TestProcess worker(FaultyEngine.Fault fault) {
        var worker = TestProcess.faulty(test, fault);
        worker.engine().start(List.of(all(worker.runs())));
        return worker;
    }

    /// All that is done with servers.
    Saga<?>[] all(Runs runs) {
        return new Saga<?>[] {registering(), provisioning(), operating(), connecting(),
            decommissioning(runs)};
    }

    /// The use cases, whose runs a process works on.
    public Machines machines(TestProcess worker) {
        return new Machines(worker.database(), projects(worker), regions, hosts, worker.events(),
                worker.runs(), TestProcess.paging(), TestProcess.sealing(), ids, clock);
    }

    /// Projects, as far as servers ask for them.
    public Projects projects(TestProcess worker) {
        return new Projects(worker.database(), null, null, null, worker.events(), null, null, ids,
                clock);
    }

    /// Servers that are instances.
    public HeldMachines held() {
        return new HeldMachines(process.database(), machines(process), process.events(),
                process.runs(), TestDatabase.ACCESS, clock);
    }

    /// Pools, whose runs a process works on.
    public Pools pools(TestProcess worker, Machines machines) {
        return new Pools(worker.database(), projects(worker), machines, held(), worker.events(),
                worker.runs(), TestProcess.paging(), ids, clock);
    }

    /// What installs on servers, and wipes them.
    public List<Saga<?>> sagas() {
        return List.of(provisioning(), operating());
    }

    /// What the settling loop does about one.
    public void settle(String id) {
        settling(process.runs()).look(GRANT, id);
    }

    /// What operates servers, for sagas that have them operated.
    public Saga<?> operations() {
        return operating();
    }

    NewMachine asked(String name) {
        return new NewMachine(name, null, null, Map.of("tier", "gold"), Map.of("rack", "r1"),
                "gpu-worker", null,
                "redfish://bmc-" + name + ".example/redfish/v1/Systems/1", false,
                "52:54:00:12:34:56", new Machine.Gpu("H100", 8),
                new NewMachine.Login("root", Secret.of("calvin-of-" + name)));
    }

    /// A server that is asked for, and that no run registers.
    Machine recorded() {
        var id = ids.next("srv");
        var asked = asked(id.substring(4, 12).toLowerCase());
        var now = clock.instant();
        var made = new Machine(id, "org_test", "prj_test", REGION, REGION + "-a",
                "s" + asked.name(), null, null, asked.labels(), asked.tags(), asked.persona(),
                asked.bmcAddress() + id, false, asked.bootMacAddress(), null,
                Machine.State.REGISTERING, null, Machine.Health.HEALTHY, null, List.of(),
                Machine.Wanted.EMPTY, null, null, null, null, null, 1, "usr_test", now, now,
                null);
        test.database().write(GRANT, tx -> new MachineTable().insert(tx, made,
                TestProcess.sealing().seal(Lifecycle.Stored.text(asked.login()),
                        Machines.SEALED.at(id))));
        return get(id);
    }

    /// One that is registered and inspected, on which these were done. It is made by a process that
    /// is gone afterwards: one that stayed would take over the runs of one that a test lets die.
    public Machine made(Change... changes) {
        var machine = recorded();
        try (var worker = worker((input, step, moment) -> { })) {
            done(worker, RegisterMachine.TYPE, new RegisterMachine.Input(machine.id()));
            for (var change : changes) {
                change(worker, machine.id(), change);
            }
        }
        return get(machine.id());
    }

    /// Does something with one that is there.
    public void change(String id, Change change) {
        try (var worker = worker((input, step, moment) -> { })) {
            change(worker, id, change);
        }
    }

    private void change(TestProcess worker, String id, Change change) {
        if (change == Change.PROVISION) {
            done(worker, ProvisionMachine.TYPE, new ProvisionMachine.Input(
                    id, IMAGE, Secret.of("#cloud-config")));
        } else {
            done(worker, OperateMachine.TYPE, new OperateMachine.Input(id, change));
        }
    }

    private <I extends Record> void done(
            TestProcess worker, SagaType<I> type, I input) {
        var ended = ended(worker, type, input);
        if (ended.status() != Status.COMPLETED) {
            throw new AssertionError(ended.toString());
        }
    }

    <I extends Record> Run ended(
            TestProcess worker, SagaType<I> type, I input) {
        var run = worker.database().tx(GRANT, tx -> worker.runs().start(tx, type, input, null));
        return worker.await(GRANT, run);
    }

    /// One that nobody has and of which the management cluster knows nothing.
    public Machine shelved() {
        var id = recorded().id();
        var found = new Hardware("", "", "", "", "", 64, 512 << 10, List.of(), List.of());
        test.database().write(GRANT, tx -> tx.handle().execute(
                "update machine set state = 'available', hardware = ? where id = ?",
                Json.of(found), id));
        return get(id);
    }

    public Machine get(String id) {
        return lifecycle.get(GRANT, id);
    }

    KubeView view() {
        return hosts.view(GRANT, REGION);
    }

    /// Names of what stands on the management cluster for a server.
    List<String> objects(String id) {
        var found = new ArrayList<String>();
        for (var kind : List.of(BareMetalHosts.HOST, Kind.SECRET)) {
            for (var object : view().list(kind, NAMESPACE, BareMetalHosts.SERVER + "=" + id)) {
                found.add(kind.kind() + " " + object.at("/metadata/name").asText());
            }
        }
        return found;
    }

    /// Identifiers of all servers for which something stands there.
    Set<String> leftovers() {
        var found = new HashSet<String>();
        for (var kind : List.of(BareMetalHosts.HOST, Kind.SECRET)) {
            for (var object : view().list(kind, NAMESPACE, BareMetalHosts.SERVER)) {
                found.add(object.path("metadata").path("labels")
                        .path(BareMetalHosts.SERVER).asText());
            }
        }
        return found;
    }

    /// Somebody else at the management cluster changes the host.
    ///
    /// @param patch a merge patch in YAML
    void spoil(String id, String patch) {
        stranger().merge(BareMetalHosts.HOST, NAMESPACE, BareMetalHosts.name(id),
                Trees.read(patch));
    }

    /// @param fault as the simulated region takes them; empty for none any more
    public void fault(String id, String fault) {
        spoil(id, "metadata: {annotations: {orrery.dev/fault: "
                + (fault.isEmpty() ? "null" : "'" + fault + "'") + "}}");
    }

    public void remove(String id) {
        stranger().remove(BareMetalHosts.HOST, NAMESPACE, BareMetalHosts.name(id));
    }

    private Stranger stranger() {
        return new Stranger(clients, regions.target(GRANT, REGION));
    }

    @Override
    public void close() {
        process.close();
        clients.close();
        test.close();
    }
}
