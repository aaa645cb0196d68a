package orrery.server.compute.storage;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import orrery.kit.Ids;
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeLimits;
import orrery.kit.kube.KubeView;
import orrery.kit.kube.Stranger;
import orrery.kit.net.Outbound;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.SimulatedRegion;
import orrery.server.compute.cluster.People;
import orrery.server.infrastructure.storage.Backend;
import orrery.server.infrastructure.storage.Backends;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.quota.Amounts;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.NewRegion;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;
import orrery.server.tenancy.region.Settles;

/// Everything that makes volumes, on a real database and the simulated region: without HTTP and
/// without identity.
public final class VolumeWorld implements AutoCloseable {
    public static final String REGION = "sim1";
    public static final Grant GRANT = TestDatabase.grant();
    public static final Grant SYSTEM = TestDatabase.ACCESS.system("test");
    static final int CAPACITY = 4_096;

    public final TestDatabase test = TestDatabase.create("server");
    public final TestProcess process = new TestProcess(test.address(), TestProcess.LIMITS);
    public final KubeClients clients = new KubeClients(
            new Outbound(new Outbound.Rules(true, Set.of())), KubeLimits.DEFAULT);
    public final Regions regions;
    public final Projects projects;
    public final Quotas quotas;
    public final Backends backends;
    public final Volumes volumes;
    private final Ids ids = new Ids(new SecureRandom());
    private final Clock clock = Clock.systemUTC();
    final Management management;
    final Lifecycle lifecycle;

    public VolumeWorld() {
        People.insert(test);
        var database = test.database();
        var events = process.events();
        regions = new Regions(database, TestProcess.sealing(), events, clock);
        regions.register(SYSTEM, new NewRegion(
                REGION, "Simulated", SimulatedRegion.hasty(), null, List.of()));
        projects = new Projects(database, null, null, null, null, null, null, null, null);
        quotas = new Quotas(database, events, clock);
        backends = new Backends(
                database, regions, events, TestProcess.paging(), ids, clock);
        backends.create(SYSTEM, new Backend.New("standard", REGION, Backend.Type.BLOCK,
                "standard", null,
                new Backend.Terms(null, null, CAPACITY, Backend.State.ACTIVE)));
        management = new Management(regions, clients);
        lifecycle = new Lifecycle(
                database, backends, quotas, events, process.runs(), clock);
        volumes = new Volumes(database, projects, regions, backends, quotas, lifecycle, events,
                process.runs(), TestProcess.paging(), ids, clock);
    }

    public Saga<CreateVolume.Input> creating() {
        return new CreateVolume(lifecycle, management, regions, clients);
    }

    public Saga<ResizeVolume.Input> resizing() {
        return new ResizeVolume(lifecycle, management, regions, clients);
    }

    public Saga<DeleteVolume.Input> deleting(Runs runs) {
        return new DeleteVolume(lifecycle, management, regions, clients, runs);
    }

    public Settles settling() {
        return new SettleVolumes(management, lifecycle, test.database());
    }

    public static NewVolume asked(int sizeGb) {
        return new NewVolume(null, null, null, Map.of("app", "test"), sizeGb, null, null);
    }

    /// A volume that was asked for, and that no run makes yet.
    Volume bare() {
        var id = ids.next("vol");
        var now = clock.instant();
        test.database().write(GRANT, tx -> {
            var backend = backends.reserve(tx, regions.get(tx, REGION), null, null,
                    Lifecycle.subject(id), 1);
            new VolumeTable().insert(tx, new Volume(id, "org_test", "prj_test", REGION, null,
                    Slug.of("volume", id), null, null, Map.of(), backend.id(),
                    backend.storageClass(), backend.type(), 1, null, null,
                    Volume.State.CREATING, null, null, 1, "usr_test", now, now, null));
            quotas.reserve(tx, GRANT.scope(), Lifecycle.subject(id), Amounts.storage(1));
        });
        return get(id);
    }

    /// A volume that is there, made by a process that is gone afterwards.
    public Volume available() {
        var accepted = volumes.create(GRANT, REGION, asked(1));
        expect(accepted.run(), creating());
        return get(accepted.volume().id());
    }

    /// Lets a run come to its end, which must be good.
    public void expect(Run run, Saga<?>... sagas) {
        try (var worker = TestProcess.start(test, sagas)) {
            var ended = worker.await(GRANT, run.id());
            if (ended.error() != null) {
                throw new AssertionError(ended.toString());
            }
        }
    }

    public Volume get(String id) {
        return volumes.byId(GRANT, id).orElseThrow();
    }

    public KubeView view() {
        return clients.view(regions.target(SYSTEM, REGION));
    }

    public Stranger stranger() {
        return new Stranger(clients, regions.target(SYSTEM, REGION));
    }

    public static String namespace() {
        return ProjectNamespace.name("prj_test");
    }

    /// Removes a claim from the region, as somebody else would.
    public void remove(String id) {
        if (standing().contains(id)) {
            stranger().remove(VolumeClaims.CLAIM, namespace(), Volume.claim(id));
        }
    }

    /// Identifiers of the volumes that have a claim in the region.
    public Set<String> standing() {
        return view().list(VolumeClaims.CLAIM, namespace(), VolumeClaims.VOLUME).stream()
                .map(it -> it.path("metadata").path("labels").path(VolumeClaims.VOLUME).asText())
                .collect(Collectors.toSet());
    }

    /// Storage that the project's quota counts as used.
    public long usedGb() {
        return quotas.get(GRANT).used().storageGb();
    }

    /// Storage that the region's backend counts as given out.
    public long allocatedGb() {
        return backends.get(SYSTEM, "standard").allocatedGb();
    }

    @Override
    public void close() {
        process.close();
        clients.close();
        test.close();
    }
}
