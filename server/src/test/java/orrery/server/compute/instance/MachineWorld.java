package orrery.server.compute.instance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import orrery.kit.Ids;
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeView;
import orrery.kit.kube.Stranger;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.compute.address.Addresses;
import orrery.server.compute.network.Network;
import orrery.server.compute.network.Networks;
import orrery.server.compute.network.NewNetwork;
import orrery.server.compute.storage.VolumeWorld;
import orrery.server.compute.subnet.NewSubnet;
import orrery.server.compute.subnet.Subnet;
import orrery.server.compute.subnet.Subnets;
import orrery.server.platform.catalogue.GpuTypes;
import orrery.server.platform.catalogue.Images;
import orrery.server.platform.catalogue.InstanceType;
import orrery.server.platform.catalogue.InstanceTypes;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;
import orrery.server.tenancy.region.Settles;

/// Everything that makes machines, on a real database and the simulated region: without HTTP and
/// without identity.
public final class MachineWorld implements AutoCloseable {
    public static final String REGION = "sim1";
    public static final Grant GRANT = TestDatabase.grant();

    public final VolumeWorld storage = new VolumeWorld();
    public final TestDatabase test = storage.test;
    public final TestProcess process = storage.process;
    final KubeClients clients = storage.clients;
    public final Regions regions = storage.regions;
    final Quotas quotas = storage.quotas;
    final Attachments attachments;
    final Addresses addresses;
    final ExternalAddresses externalAddresses;
    final Nics nics;
    final Management management;
    final Lifecycle lifecycle;
    public final Instances instances;
    public final Ids ids = new Ids(new SecureRandom());
    public final Clock clock = Clock.systemUTC();

    public MachineWorld() {
        var database = test.database();
        var events = process.events();
        var paging = TestProcess.paging();
        var projects = storage.projects;
        var networks = new Networks(database, projects, regions, events, paging, ids, clock);
        networks.create(GRANT, REGION, new NewNetwork(
                "home", null, null, Map.of(), "10.20.0.0/24", Network.Role.DEFAULT));
        new Subnets(database, projects, regions, networks, events, paging, ids, clock).create(
                GRANT, REGION, new NewSubnet("public", null, null, Map.of(),
                        Subnet.Role.EXTERNAL, null, "203.0.113.0/28", null));
        addresses = new Addresses(
                database, projects, regions, networks, quotas, events, paging, ids, clock);
        externalAddresses = new ExternalAddresses(database, addresses);
        nics = new Nics(networks, addresses);
        management = new Management(regions, clients);
        // No machine here is a server.
        lifecycle = new Lifecycle(database, nics, storage.volumes, null, quotas, events,
                process.runs(), clock);
        attachments = new Attachments(database, storage.volumes, process.runs());
        var gpus = new GpuTypes(database, regions, events, paging, clock);
        instances = new Instances(database, projects, regions, new Offers(
                new InstanceTypes(database, regions, gpus, events, paging, clock),
                new Images(database, regions, events, paging, clock), gpus), nics,
                attachments, quotas, null, lifecycle, events, process.runs(), paging, ids, clock);
    }

    CreateInstance creating() {
        return new CreateInstance(lifecycle, management, regions, clients, clock);
    }

    PowerInstance powering() {
        return new PowerInstance(lifecycle, management, regions, clients, clock);
    }

    PlugVolume plugging() {
        return new PlugVolume(attachments, lifecycle, management, regions, clients, clock);
    }

    DeleteInstance deleting(Runs runs) {
        return new DeleteInstance(lifecycle, management, regions, clients, runs, clock);
    }

    public Settles settling() {
        return new SettleInstances(management, lifecycle, test.database());
    }

    /// A process that works on runs of machines.
    TestProcess worker() {
        return TestProcess.start(test, sagas());
    }

    /// What makes, operates and deletes machines.
    public Saga<?>[] sagas() {
        return new Saga<?>[] {creating(), powering(), deleting(process.runs())};
    }

    /// @param address a fixed one; `null` for any
    static NewInstance small(String name, String address) {
        return new NewInstance(name, null, null, Map.of("app", "test"), "vm.small", null, null,
                List.of(new Metadatum("ssh-keys", "ssh-ed25519 AAAA test")),
                List.of(new NewInstance.Disk(null, Disk.Bus.SCSI, "debian-12", true,
                        Disk.Type.PERSISTENT, Disk.Mode.READ_WRITE)),
                address == null ? null : List.of(
                        new NewInstance.Nic(null, null, address, null, null)), List.of(), null,
                null);
    }

    /// A machine that was asked for, and that no run makes yet.
    Instance asked() {
        var id = ids.next("ins");
        var now = clock.instant();
        var name = Slug.of("instance", id);
        test.database().write(GRANT, tx -> {
            var made = new Instance(id, "org_test", "prj_test", REGION, "sim1-a", name, null,
                    null, Map.of(), InstanceType.Kind.VM, "vm.small", 1, 2, List.of(),
                    List.of(new Disk(20, Disk.Bus.SCSI, null, "https://example.com/disk",
                            null, true,
                            Disk.Type.PERSISTENT, Disk.Mode.READ_WRITE)), List.of(), List.of(),
                    List.of(), name, List.of(), null, null, Instance.State.PROVISIONING, null,
                    null, 1, "usr_test", now, now, null);
            new InstanceTable().insert(tx, made);
            nics.take(tx, GRANT.scope(), REGION, id, null, new ArrayList<>());
            nics.count(tx, id);
            quotas.reserve(tx, GRANT.scope(), Lifecycle.subject(id), made.amounts());
        });
        return get(id);
    }

    /// A machine that runs, made by a process that is gone afterwards.
    Instance running() {
        var accepted = instances.create(GRANT, REGION, small(null, null));
        expect(accepted.run(), creating());
        return get(accepted.instance().id());
    }

    /// Lets a run come to its end, which must be good.
    void expect(Run run, Saga<?> saga) {
        try (var worker = TestProcess.start(test, saga)) {
            var ended = worker.await(GRANT, run.id());
            if (ended.error() != null) {
                throw new AssertionError(ended.toString());
            }
        }
    }

    public Instance get(String id) {
        return lifecycle.get(GRANT, id);
    }

    KubeView view() {
        return management.view(GRANT, REGION);
    }

    public Stranger stranger() {
        return new Stranger(clients, regions.target(GRANT, REGION));
    }

    String namespace() {
        return ProjectNamespace.name("prj_test");
    }

    /// Removes a machine from the region, as somebody else would.
    public void remove(String id) {
        if (hasMachine(id)) {
            stranger().remove(VirtualMachines.VIRTUAL_MACHINE, namespace(),
                    get(id).objectName());
        }
    }

    boolean hasMachine(String id) {
        return management.machine(GRANT, get(id))
                .filter(it -> !it.path("metadata").has("deletionTimestamp")).isPresent();
    }

    /// Identifiers of the machines that anything in the region was made for.
    public Set<String> standing() {
        var all = new ArrayList<ObjectNode>();
        for (var kind : List.of(VirtualMachines.VIRTUAL_MACHINE, VirtualMachines.ATTACHMENT,
                Kind.SECRET)) {
            all.addAll(view().list(kind, namespace(), VirtualMachines.INSTANCE));
        }
        Function<ObjectNode, String> label = object -> object.path("metadata").path("labels")
                .path(VirtualMachines.INSTANCE).asText();
        return Set.copyOf(all.stream().map(label).toList());
    }

    /// Cores that the project's quota counts as used.
    public long usedCores() {
        return quotas.get(GRANT).used().cpuCores();
    }

    @Override
    public void close() {
        storage.close();
    }
}
