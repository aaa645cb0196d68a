package orrery.server.operations.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.compute.cluster.People;
import orrery.server.compute.instance.Instances;
import orrery.server.infrastructure.machine.Fleet;
import orrery.server.operations.capacity.Capacities.Asked;
import orrery.server.operations.capacity.Capacity.Availability;
import orrery.server.operations.capacity.Capacity.Counts;
import orrery.server.platform.catalogue.GpuTypes;
import orrery.server.platform.catalogue.InstanceTypes;
import orrery.server.tenancy.quota.Quota;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.Regions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What is left, counted in a database with servers in all of their states.
class CapacitiesTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final Grant GRANT =
            TestDatabase.grant("usr_test", Scope.organization("org_test"));
    private static final Asked ALL = new Asked(Set.of(), Set.of());
    private static final String H100 = "nvidia-h100-80gb";

    /// State, health, allocation and instance of a server, and how many there are of it.
    private record Shelf(String state, String health, String allocation, String instance,
            int count) {}

    private static final List<Shelf> SHELVES = List.of(
            new Shelf("registering", "healthy", null, null, 1),
            new Shelf("registered", "healthy", null, null, 1),
            new Shelf("inspecting", "healthy", null, null, 1),
            new Shelf("decommissioning", "healthy", null, null, 1),
            new Shelf("available", "healthy", null, null, 4),
            new Shelf("available", "degraded", null, null, 1),
            new Shelf("allocated", "healthy", "alloc_a", null, 2),
            new Shelf("allocated", "healthy", "alloc_a", "ins_", 1),
            new Shelf("provisioning", "healthy", "alloc_a", "ins_", 1),
            new Shelf("ready", "healthy", null, null, 1),
            new Shelf("ready", "failed", "alloc_a", "ins_", 1),
            new Shelf("deprovisioning", "healthy", "alloc_a", null, 1),
            new Shelf("maintenance", "healthy", null, null, 1),
            new Shelf("failed", "failed", null, null, 1));
    private static final Counts SHELVED = new Counts(14L, 4L, 2L, 4, 4);

    private static TestDatabase test;
    private static TestProcess process;
    private static int made;

    @BeforeAll
    static void fill() {
        test = TestDatabase.create("server");
        process = new TestProcess(test.address(), TestProcess.LIMITS);
        People.insert(test);
        test.database().write(GRANT, tx -> {
            for (var region : List.of("eu1", "us1")) {
                tx.handle().execute("""
                        insert into region (code, display_name, state, zones, host,
                          sealed_kubeconfig, created_at, updated_at)
                        values (?, 'R', 'active', ?::jsonb, 'h', '', now(), now())""", region,
                        "[\"" + region + "-a\", \"" + region + "-b\"]");
            }
        });
        SHELVES.forEach(shelf -> servers(shelf, "eu1-a", 64, null, 0));
        servers(new Shelf("available", "healthy", null, null, 30), "eu1-b", 64, null, 0);
        servers(new Shelf("available", "healthy", null, null, 1), "us1-a", 63, null, 0);
        servers(new Shelf("available", "healthy", null, null, 2), "us1-b", 128, H100, 8);
        servers(new Shelf("allocated", "healthy", "alloc_b", null, 1), "us1-b", 128, H100, 8);
        servers(new Shelf("available", "healthy", null, null, 1), "us1-b", 64, "Abacus", 2);
        machines();
        new Quotas(test.database(), process.events(), CLOCK).change(GRANT,
                old -> new Quota.Limits(8L, null, 10L, null, null, null),
                OptionalLong.empty());
    }

    @AfterAll
    static void drop() {
        process.close();
        test.close();
    }

    private static void servers(Shelf shelf, String zone, int cores, String gpu, int gpus) {
        test.database().write(GRANT, tx -> {
            for (int i = 0; i < shelf.count(); i++) {
                var id = "srv_" + ++made;
                tx.handle().execute("""
                        insert into machine (id, organization_id, project_id, region, zone, name,
                          bmc_address, verify_ca, gpu, state, health, wanted, hardware,
                          allocation_id, instance_id, created_by, created_at, updated_at)
                        values (?, 'org_test', 'prj_test', left(?, 3), ?, ?, ?, true, ?::jsonb, ?,
                          ?, '{}', ?::jsonb, ?, ?, 'usr_test', now(), now())""",
                        id, zone, zone, id, "redfish://" + id, gpu == null ? null
                                : "{\"model\": \"%s\", \"count\": %d}".formatted(gpu, gpus),
                        shelf.state(), shelf.health(),
                        "{\"cpuCount\": %d, \"ramMebibytes\": 2097152}".formatted(cores),
                        shelf.allocation(),
                        shelf.instance() == null ? null : shelf.instance() + id);
            }
        });
    }

    /// Virtual machines: two that work, one that is repaired, one that failed, one of elsewhere.
    private static void machines() {
        test.database().write(GRANT, tx -> {
            for (var state : List.of("running", "terminated", "repairing", "failed")) {
                tx.handle().execute("""
                        insert into instance (id, organization_id, project_id, region, zone, name,
                          kind, type, cpu_cores, ram_gb, hostname, state, created_by, created_at,
                          updated_at)
                        values (?, 'org_test', 'prj_test', 'eu1', 'eu1-a', ?, 'vm', 'vm.small', 1,
                          2, 'x', ?, 'usr_test', now(), now())""", "ins_" + state, state, state);
            }
        });
    }

    private static Capacities capacities(boolean isOperator) {
        var database = test.database();
        var regions = new Regions(database, TestProcess.sealing(), process.events(), CLOCK);
        var gpus = new GpuTypes(database, regions, process.events(), TestProcess.paging(), CLOCK);
        var types = new InstanceTypes(
                database, regions, gpus, process.events(), TestProcess.paging(), CLOCK);
        var instances = new Instances(database, null, null, null, null, null, null, null, null,
                null, null, null, null, null);
        return new Capacities(database, new Access((principal, scope) ->
                isOperator || !scope.equals(Scope.PLATFORM) ? Set.of("*") : Set.of(), CLOCK),
                regions, types, gpus, new Fleet(), instances,
                new Quotas(database, process.events(), CLOCK));
    }

    private static Map<String, Capacity.OfType> types(Capacity capacity) {
        return capacity.instanceTypes().stream().collect(
                Collectors.toMap(it -> it.zone() + " " + it.code(), it -> it));
    }

    private static Map<String, Capacity.OfGpu> gpus(Capacity capacity) {
        return capacity.gpuTypes().stream().collect(
                Collectors.toMap(it -> it.zone() + " " + it.code(), it -> it));
    }

    @Test
    void countsEveryServerOnceWhateverItsState() {
        var there = types(capacities(true).get(GRANT, "eu1", ALL));
        assertThat(there.get("eu1-a metal.large").counts()).isEqualTo(SHELVED);
        assertThat(there.get("eu1-a metal.large").availability()).isEqualTo(Availability.HIGH);
        assertThat(there.get("eu1-b metal.large").counts())
                .isEqualTo(new Counts(30L, 30L, 0L, 0, 0));
        assertThat(there.get("eu1-a metal.h100").counts()).isEqualTo(new Counts(0L, 0L, 0L, 0, 0));
        assertThat(there.get("eu1-a metal.h100").availability()).isEqualTo(Availability.NONE);
        assertThat(there.get("eu1-a vm.small").counts())
                .isEqualTo(new Counts(null, null, null, 2, 1));
        assertThat(there.get("eu1-a vm.small").availability()).isNull();
        assertThat(there.keySet()).noneMatch(it -> it.startsWith("us1"));
    }

    @Test
    void countsAcceleratorsAndNotTheirServers() {
        var all = capacities(true).get(GRANT, "global", ALL);
        assertThat(types(all).get("us1-b metal.h100").counts())
                .isEqualTo(new Counts(3L, 2L, 1L, 0, 0));
        assertThat(types(all).get("us1-a metal.large").counts().total())
                .as("a core short").isZero();
        assertThat(types(all).get("us1-b metal.large").counts().total())
                .as("servers with accelerators are no plain ones").isZero();
        assertThat(gpus(all).get("us1-b " + H100).counts())
                .isEqualTo(new Counts(24L, 16L, 8L, 0, 0));
        assertThat(gpus(all).get("us1-b abacus").counts().total()).isEqualTo(2);
        assertThat(gpus(all).get("eu1-a " + H100).counts().total()).isZero();
        assertThat(types(all)).hasSize(2 * 2 * 7);
    }

    @Test
    void tellsCustomersAWordAndNoNumber() {
        var there = capacities(false).get(GRANT, "global", ALL);
        assertThat(there.instanceTypes()).isNotEmpty().allMatch(it -> it.counts() == null);
        assertThat(there.gpuTypes()).isNotEmpty().allMatch(it -> it.counts() == null);
        assertThat(types(there).get("eu1-b metal.large").availability())
                .isEqualTo(Availability.HIGH);
        assertThat(types(there).get("us1-b metal.h100").availability())
                .isEqualTo(Availability.LOW);
        assertThat(types(there).get("us1-a metal.h100").availability())
                .isEqualTo(Availability.NONE);
        assertThat(gpus(there)).as("what no catalogue says").doesNotContainKey("us1-b abacus");
        assertThat(there.headroom()).isEqualTo(new Capacity.Headroom(
                8L, null, 10L, null, null));
    }

    @Test
    void showsThePartThatIsAskedFor() {
        var some = capacities(true).get(
                GRANT, "us1", new Asked(Set.of("metal.h100", "vm.small"), Set.of()));
        assertThat(some.instanceTypes()).extracting(Capacity.OfType::code)
                .containsOnly("metal.h100", "vm.small");
        assertThat(some.gpuTypes()).extracting(Capacity.OfGpu::code).containsOnly(H100);
        var gpu = capacities(true).get(GRANT, "us1", new Asked(Set.of(), Set.of("abacus")));
        assertThat(gpu.instanceTypes()).isEmpty();
        assertThat(gpu.gpuTypes()).extracting(Capacity.OfGpu::code).containsExactly("abacus");
        var plain = capacities(true).get(GRANT, "us1", new Asked(Set.of("vm.small"), Set.of()));
        assertThat(plain.gpuTypes()).isEmpty();
    }

    @Test
    void aClosedRegionHasNothingLeft() {
        test.database().write(GRANT, tx -> tx.handle().execute(
                "update region set state = 'disabled' where code = 'us1'"));
        var there = capacities(false).get(GRANT, "us1", ALL);
        test.database().write(GRANT, tx -> tx.handle().execute(
                "update region set state = 'active' where code = 'us1'"));
        assertThat(types(there).get("us1-b metal.h100").availability())
                .isEqualTo(Availability.NONE);
        assertThat(gpus(there).get("us1-b " + H100).availability()).isEqualTo(Availability.NONE);
    }

    @Test
    void knowsNoOtherRegions() {
        assertThatThrownBy(() -> capacities(true).get(GRANT, "mars", ALL))
                .isInstanceOfSatisfying(Problem.Failure.class, refusal -> assertThat(
                        refusal.problem()).isInstanceOf(Problem.NotFound.class));
    }

    @Test
    void tellsWhatChangedSinceSomebodyAsked() {
        var first = operators(0);
        assertThat(first.changed().instanceTypes()).hasSize(2 * 7);
        assertThat(first.gone()).isEmpty();
        assertThat(operators(first.watermark()).changed().keys()).isEmpty();
        var word = capacities(false).changes(GRANT, "us1", 0).watermark();

        change("update machine set state = 'maintenance' where id = '" + spare() + "'");
        var fewer = operators(first.watermark());
        assertThat(fewer.changed().keys()).containsExactlyInAnyOrder(
                new Capacity.Key("instanceType", "us1", "us1-b", "metal.h100"),
                new Capacity.Key("gpuType", "us1", "us1-b", H100));
        assertThat(types(fewer.changed()).get("us1-b metal.h100").counts().available())
                .isEqualTo(1);
        assertThat(capacities(false).changes(GRANT, "us1", word).changed().keys())
                .as("the word is the same").isEmpty();
        change("update machine set state = 'available' where id = '" + spare() + "'");

        change("""
                insert into instance_type (region, code, display_name, kind, cpu_cores, ram_gb,
                  disk_gb, zones, created_at, updated_at)
                values ('us1', 'odd', 'Odd', 'vm', 1, 1, 1, '["us1-a"]', now(), now())""");
        var odd = new Capacity.Key("instanceType", "us1", "us1-a", "odd");
        var more = operators(fewer.watermark());
        assertThat(more.changed().keys()).contains(odd).hasSize(3);
        change("delete from instance_type where code = 'odd'");
        var last = operators(more.watermark());
        assertThat(last.changed().keys()).isEmpty();
        assertThat(last.gone()).containsExactly(odd);
        assertThat(operators(last.watermark()).gone()).isEmpty();
        assertThat(operators(first.watermark()).gone()).as("to who asks seldom, too")
                .containsExactly(odd);
        assertThat(operators(Long.MAX_VALUE).changed().instanceTypes())
                .as("everything to who knows more than we do").hasSize(2 * 7);
    }

    private static Capacity.Changes operators(long since) {
        return capacities(true).changes(GRANT, "us1", since);
    }

    /// A server with accelerators that nobody has had.
    private static String spare() {
        return test.database().read(GRANT, tx -> tx.handle().createQuery("""
                select min(id)
                from machine
                where region = 'us1'
                  and allocation_id is null
                  and gpu ->> 'model' = :model""").bind("model", H100)
                .mapTo(String.class).one());
    }

    private static void change(String sql) {
        test.database().write(GRANT, tx -> tx.handle().execute(sql));
    }

    @Test
    void saysInAWordHowMuchThereIs() {
        assertThat(Availability.of(0, 100)).isEqualTo(Availability.NONE);
        assertThat(Availability.of(2, 2)).isEqualTo(Availability.LOW);
        assertThat(Availability.of(10, 100)).isEqualTo(Availability.LOW);
        assertThat(Availability.of(11, 100)).isEqualTo(Availability.HIGH);
    }
}
