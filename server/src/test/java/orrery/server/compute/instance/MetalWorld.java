package orrery.server.compute.instance;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.durable.LoopRound;
import orrery.kit.durable.Run;
import orrery.kit.durable.Saga;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.compute.address.Addresses;
import orrery.server.compute.network.Networks;
import orrery.server.infrastructure.machine.HeldMachines;
import orrery.server.infrastructure.machine.Machine;
import orrery.server.infrastructure.machine.MachineWorld;
import orrery.server.infrastructure.pool.Pools;
import orrery.server.compute.storage.Volumes;
import orrery.server.platform.catalogue.GpuTypes;
import orrery.server.platform.catalogue.Images;
import orrery.server.platform.catalogue.InstanceType;
import orrery.server.platform.catalogue.InstanceTypes;
import orrery.server.tenancy.quota.Quotas;

/// Everything that makes instances of servers, on a real database and the simulated region: without
/// HTTP and without identity.
final class MetalWorld implements AutoCloseable {
    static final Grant GRANT = MachineWorld.GRANT;
    private static final Grant SYSTEM = TestDatabase.ACCESS.system("test");

    final MachineWorld servers = new MachineWorld();
    final TestDatabase test = servers.test;
    final HeldMachines held = servers.held();
    final Pools pools;
    final Quotas quotas;
    final Lifecycle lifecycle;
    final Metal metal;
    final Instances instances;

    MetalWorld() {
        var database = test.database();
        var process = servers.process;
        var events = process.events();
        var paging = TestProcess.paging();
        var clock = Clock.systemUTC();
        var projects = servers.projects(process);
        var networks = new Networks(
                database, projects, servers.regions, events, paging, servers.ids, clock);
        quotas = new Quotas(database, events, clock);
        var nics = new Nics(networks, new Addresses(database, projects, servers.regions, networks,
                quotas, events, paging, servers.ids, clock));
        pools = servers.pools(process, servers.machines(process));
        metal = new Metal(held, pools);
        // No server here has a volume.
        var volumes = new Volumes(database, projects, servers.regions, null, quotas, null, events,
                process.runs(), paging, servers.ids, clock);
        lifecycle = new Lifecycle(
                database, nics, volumes, metal, quotas, events, process.runs(), clock);
        var gpus = new GpuTypes(database, servers.regions, events, paging, clock);
        instances = new Instances(database, projects, servers.regions, new Offers(
                new InstanceTypes(database, servers.regions, gpus, events, paging, clock),
                new Images(database, servers.regions, events, paging, clock), gpus), nics,
                new Attachments(database, volumes, process.runs()), quotas, metal, lifecycle,
                events, process.runs(), paging, servers.ids, clock);
    }

    CreateMetal creating() {
        return new CreateMetal(lifecycle, metal);
    }

    PowerMetal powering() {
        return new PowerMetal(lifecycle, metal);
    }

    DeleteMetal deleting() {
        return new DeleteMetal(lifecycle, metal, servers.process.runs());
    }

    Saga<?>[] operating() {
        return servers.sagas().toArray(Saga<?>[]::new);
    }

    /// A process that works on runs of instances and their servers.
    TestProcess worker() {
        var all = new ArrayList<>(servers.sagas());
        all.addAll(List.of(creating(), powering(), deleting()));
        return TestProcess.start(test, all.toArray(Saga<?>[]::new));
    }

    static NewInstance wanted(String server, String allocation) {
        return new NewInstance(null, null, null, Map.of(), "metal.large", null, null,
                List.of(new Metadatum("ssh-keys", "ssh-ed25519 AAAA test")),
                List.of(new NewInstance.Disk(null, Disk.Bus.SCSI, "debian-12", true,
                        Disk.Type.PERSISTENT, Disk.Mode.READ_WRITE)), null, List.of(), server,
                allocation);
    }

    Instances.Accepted create(String server, String allocation) {
        return instances.create(GRANT, MachineWorld.REGION, wanted(server, allocation));
    }

    /// An instance that was asked for and has a server, and that no run makes yet.
    Instance asked() {
        var id = servers.ids.next("ins");
        var now = Clock.systemUTC().instant();
        var name = Slug.of("instance", id);
        var made = new Instance(id, "org_test", "prj_test", MachineWorld.REGION,
                MachineWorld.REGION + "-a", name, null, null, Map.of(),
                InstanceType.Kind.BAREMETAL, "metal.large", 64, 512, List.of(),
                List.of(new Disk(2000, Disk.Bus.SCSI, null, "https://images.example/disk",
                        null, true,
                        Disk.Type.PERSISTENT, Disk.Mode.READ_WRITE)), List.of(), List.of(),
                List.of(), name, List.of(), null, null, Instance.State.PROVISIONING, null, null,
                1, "usr_test", now, now, null);
        test.database().write(GRANT, tx -> {
            new InstanceTable().insert(tx, made);
            lifecycle.placed(tx, id);
            quotas.reserve(tx, GRANT.scope(), Lifecycle.subject(id), made.amounts());
        });
        return get(id);
    }

    /// An instance that runs, made by a process that is gone afterwards.
    Instance running() {
        var accepted = create(null, null);
        ends(accepted.run());
        return get(accepted.instance().id());
    }

    /// Lets a run come to its end, which must be good.
    void ends(Run run) {
        try (var worker = worker()) {
            var ended = worker.await(GRANT, run.id());
            if (ended.error() != null) {
                throw new AssertionError(ended.toString());
            }
        }
    }

    Instance get(String id) {
        return lifecycle.get(GRANT, id);
    }

    Machine server(String id) {
        return servers.get(id);
    }

    void settle() throws Exception {
        new SettleMetal(test.database(), lifecycle, held).round(new LoopRound(SYSTEM, null));
    }

    /// Cores that the project's quota counts as used.
    long usedCores() {
        return quotas.get(GRANT).used().cpuCores();
    }

    @Override
    public void close() {
        servers.close();
    }
}
