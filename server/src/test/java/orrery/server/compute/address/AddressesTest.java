package orrery.server.compute.address;

import static orrery.server.compute.address.AddressWorld.GRANT;
import static orrery.server.compute.address.AddressWorld.PROJECT;
import static orrery.server.compute.address.AddressWorld.REGION;
import static orrery.server.compute.address.AddressWorld.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import orrery.kit.Problem;
import orrery.kit.events.Subject;
import orrery.server.compute.network.Network;
import orrery.server.compute.network.Networks;
import orrery.server.compute.subnet.NewSubnet;
import orrery.server.compute.subnet.Subnet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Who gets which address.
class AddressesTest {
    private static final Subject INSTANCE = new Subject("instance", "ins_1");
    private static AddressWorld world;

    @BeforeAll
    static void start() {
        world = new AddressWorld();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static List<String> taken(int count, Callable<Address> one) throws Exception {
        // No more than wait for a connection of the pool at the same time.
        try (var threads = Executors.newFixedThreadPool(64)) {
            var all = threads.invokeAll(
                    IntStream.range(0, count).mapToObj(i -> one).toList());
            var out = new ArrayList<String>();
            for (var each : all) {
                out.add(each.get().ipAddress());
            }
            return out;
        }
    }

    @Test
    void aThousandAtOnceGetAThousandAddresses() throws Exception {
        var network = world.network("crowd", "10.1.0.0/22");
        var all = taken(1000, () -> world.allocate(network));
        assertThat(all).doesNotHaveDuplicates().hasSize(1000)
                .doesNotContain("10.1.0.0", "10.1.0.1", "10.1.3.255");
        var last = taken(1021 - 1000, () -> world.allocate(network));
        assertThat(last).doesNotHaveDuplicates().doesNotContainAnyElementsOf(all);
        assertThat(refusal(() -> world.allocate(network)))
                .isInstanceOf(Problem.PoolExhausted.class);
    }

    @Test
    void theLastAddressGoesToOneOfMany() throws Exception {
        var network = world.network("last", "10.2.0.0/28");
        IntStream.range(0, 12).forEach(i -> world.allocate(network));
        try (var threads = Executors.newFixedThreadPool(16)) {
            var all = threads.invokeAll(IntStream.range(0, 16).<Callable<Boolean>>mapToObj(
                    i -> () -> {
                        try {
                            return world.allocate(network).ipAddress() != null;
                        } catch (Problem.Failure refused) {
                            assertThat(refused.problem())
                                    .isInstanceOf(Problem.PoolExhausted.class);
                            return false;
                        }
                    }).toList());
            int got = 0;
            for (var each : all) {
                got += each.get() ? 1 : 0;
            }
            assertThat(got).isEqualTo(1);
        }
    }

    @Test
    void ofTwentyAtOnceAsManyGetOneAsTheQuotaAllows() throws Exception {
        var network = world.network("limited", "10.8.0.0/24");
        var used = world.used();
        world.limit(used + 5);
        try (var threads = Executors.newFixedThreadPool(20)) {
            var all = threads.invokeAll(IntStream.range(0, 20)
                    .<Callable<Optional<Address>>>mapToObj(i -> () -> allowed(network)).toList());
            var given = new ArrayList<Address>();
            for (var each : all) {
                each.get().ifPresent(given::add);
            }
            assertThat(given).hasSize(5);
            assertThat(world.used()).isEqualTo(used + 5);
            assertThat(refusal(() -> held(network)).toString()).contains("addressCount");
            assertThat(world.used()).as("what was refused is not counted").isEqualTo(used + 5);
            world.addresses.release(GRANT, REGION, given.getFirst().id(), OptionalLong.empty());
            assertThat(world.used()).isEqualTo(used + 4);
            held(network);
            assertThat(allowed(network)).isEmpty();
            world.test.database().write(GRANT, tx -> world.addresses.free(tx, INSTANCE));
            assertThat(allowed(network)).isPresent();
        } finally {
            world.limit(null);
        }
    }

    private static Optional<Address> allowed(Network network) {
        try {
            return Optional.of(world.allocate(network));
        } catch (Problem.Failure refused) {
            assertThat(refused.problem()).isInstanceOf(Problem.QuotaExceeded.class);
            return Optional.empty();
        }
    }

    private static void held(Network network) {
        world.test.database().write(GRANT, tx -> {
            world.addresses.hold(tx, PROJECT, REGION, NewAddress.internal(
                    null, null, null, network.id(), null), "nics[0]", INSTANCE);
            world.addresses.count(tx, INSTANCE);
        });
    }

    @Test
    void whatIsReleasedIsGivenAgain() {
        var network = world.network("again", "10.3.0.0/28");
        var all = IntStream.range(0, 13).mapToObj(i -> world.allocate(network)).toList();
        assertThat(refusal(() -> world.allocate(network)))
                .isInstanceOf(Problem.PoolExhausted.class);
        world.addresses.release(GRANT, REGION, all.get(5).id(), OptionalLong.empty());
        assertThat(world.allocate(network).ipAddress()).isEqualTo(all.get(5).ipAddress());
    }

    @Test
    void anAddressMayBeChosenIfItIsFreeAndOneThatIsGiven() {
        var network = world.network("chosen", "10.4.0.0/24");
        var one = world.allocate(network, "10.4.0.77");
        assertThat(one.ipAddress()).isEqualTo("10.4.0.77");
        assertThat(refusal(() -> world.allocate(network, "10.4.0.77")))
                .isInstanceOfSatisfying(Problem.Conflict.class,
                        it -> assertThat(it.cause()).contains(one.id()));
        for (var own : List.of("10.4.0.0", "10.4.0.1", "10.4.0.255", "10.5.0.1")) {
            assertThat(refusal(() -> world.allocate(network, own))).as(own)
                    .isInstanceOf(Problem.Unprocessable.class);
        }
        var rest = IntStream.range(0, 252).mapToObj(i -> world.allocate(network).ipAddress());
        assertThat(rest.toList()).doesNotHaveDuplicates().doesNotContain("10.4.0.77");
        assertThat(refusal(() -> world.allocate(network)))
                .isInstanceOf(Problem.PoolExhausted.class);
    }

    @Test
    void addressesOfSixteenBytesToo() {
        var network = world.network("long", "fd00:1::/64");
        var one = world.allocate(network, "fd00:1:0:0::00ff");
        assertThat(one.ipAddress()).isEqualTo("fd00:1::ff");
        assertThat(one.ipVersion()).isEqualTo(Address.Version.IPV6);
        assertThat(world.allocate(network).ipAddress()).isEqualTo("fd00:1::2");
        assertThat(refusal(() -> world.allocate(network, "fd00:1::1")))
                .isInstanceOf(Problem.Unprocessable.class);
        assertThat(refusal(() -> world.addresses.allocate(GRANT, REGION, NewAddress.internal(
                null, null, Address.Version.IPV4, network.id(), null))))
                .isInstanceOf(Problem.Unprocessable.class);
    }

    @Test
    void publicAddressesComeFromWhatOperatorsGaveTheRegion() {
        var asked = new NewAddress(null, null, null, Map.of(), Address.Type.EXTERNAL, null, null,
                null, null);
        assertThat(refusal(() -> world.addresses.allocate(GRANT, REGION, asked)))
                .isInstanceOf(Problem.PoolExhausted.class);
        var made = world.subnets.create(GRANT, REGION, external("203.0.113.0/30"));
        assertThat(refusal(() -> world.subnets.create(GRANT, REGION, external("203.0.113.0/24"))))
                .isInstanceOf(Problem.Conflict.class);
        world.subnets.create(GRANT, REGION, external("198.51.100.0/30"));
        assertThat(world.addresses.allocate(GRANT, REGION, asked).ipAddress())
                .isEqualTo("203.0.113.2");
        assertThat(world.addresses.allocate(GRANT, REGION, asked).ipAddress())
                .as("the first range is used up").isEqualTo("198.51.100.2");
        assertThat(refusal(() -> world.subnets.delete(
                GRANT, REGION, made.id(), OptionalLong.empty())))
                .isInstanceOf(Problem.InUse.class);
    }

    private static NewSubnet external(String cidr) {
        return new NewSubnet(
                null, null, null, Map.of(), Subnet.Role.EXTERNAL, null, cidr, null);
    }

    @Test
    void aResourceHoldsItsAddressesUntilItFreesThem() {
        var network = world.network("held", "10.6.0.0/24");
        var kept = world.allocate(network);
        var database = world.test.database();
        var own = database.tx(GRANT, tx -> {
            world.addresses.attach(tx, PROJECT, REGION, kept.id(), INSTANCE);
            return world.addresses.hold(tx, PROJECT, REGION, NewAddress.internal(
                    null, null, null, network.id(), null), "nics[0]", INSTANCE);
        });
        assertThat(own.state()).isEqualTo(Address.State.IN_USE);
        for (var used : List.of(own, kept)) {
            assertThat(refusal(() -> world.addresses.release(
                    GRANT, REGION, used.id(), OptionalLong.empty())))
                    .isInstanceOfSatisfying(Problem.InUse.class, it ->
                            assertThat(it.dependents()).containsExactly("instance/ins_1"));
        }
        assertThat(refusal(() -> database.tx(GRANT, tx -> world.addresses.attach(
                tx, PROJECT, REGION, kept.id(), new Subject("instance", "ins_2")))))
                .isInstanceOf(Problem.InUse.class);
        assertThat(refusal(() -> database.tx(GRANT, tx -> world.addresses.hold(tx, PROJECT,
                REGION, NewAddress.internal(null, "10.9.0.9", null, network.id(), null),
                "nics[1]", INSTANCE))).toString()).contains("nics[1].ipAddress");
        assertThat(refusal(() -> world.networks.delete(
                GRANT, REGION, network.id(), OptionalLong.empty())))
                .isInstanceOfSatisfying(Problem.InUse.class, it -> assertThat(it.dependents())
                        .contains("address/" + own.id()));
        database.write(GRANT, tx -> world.addresses.free(tx, INSTANCE));
        assertThat(refusal(() -> world.addresses.get(GRANT, REGION, own.id())))
                .as("it was made for the resource").isInstanceOf(Problem.NotFound.class);
        assertThat(world.addresses.get(GRANT, REGION, kept.id()).state())
                .isEqualTo(Address.State.AVAILABLE);
        world.addresses.release(GRANT, REGION, kept.id(), OptionalLong.empty());
        world.networks.delete(GRANT, REGION, network.id(), OptionalLong.empty());
    }

    @Test
    void anAddressThatTheProjectTookIsHeldByWhoAsksForItAndStays() {
        var network = world.network("own", "10.16.0.0/24");
        var kept = world.allocate(network);
        var asked = NewAddress.internal(
                null, kept.ipAddress(), null, null, network.subnets().getFirst());
        var database = world.test.database();
        var held = database.tx(GRANT, tx -> world.addresses.hold(
                tx, PROJECT, REGION, asked, "nics[0]", INSTANCE));
        assertThat(held.id()).isEqualTo(kept.id());
        assertThat(held.user()).isEqualTo(INSTANCE);
        assertThat(refusal(() -> database.tx(GRANT, tx -> world.addresses.hold(tx, PROJECT, REGION,
                asked, "nics[0]", new Subject("instance", "ins_2")))))
                .isInstanceOf(Problem.Conflict.class);
        database.write(GRANT, tx -> world.addresses.free(tx, INSTANCE));
        assertThat(world.addresses.get(GRANT, REGION, kept.id()).state())
                .isEqualTo(Address.State.AVAILABLE);
    }

    @Test
    void theGatewayIsGivenToNobodyWhileItIsOne() {
        var network = world.network("gated", "10.7.0.0/28");
        move(network, "10.7.0.5");
        assertThat(refusal(() -> world.allocate(network, "10.7.0.5")))
                .isInstanceOf(Problem.Unprocessable.class);
        var other = world.allocate(network, "10.7.0.6");
        assertThat(refusal(() -> move(network, "10.7.0.6"))).isInstanceOf(Problem.Conflict.class);
        assertThat(refusal(() -> move(network, "10.8.0.5")))
                .isInstanceOf(Problem.Unprocessable.class);
        move(network, null);
        assertThat(world.allocate(network, "10.7.0.5").ipAddress()).isEqualTo("10.7.0.5");
        assertThat(other.ipAddress()).isEqualTo("10.7.0.6");
    }

    private static void move(Network network, String gateway) {
        world.networks.change(GRANT, REGION, network.id(), old -> new Networks.Change(
                null, null, Map.of(), gateway, List.of(7, 4094)), OptionalLong.empty());
    }
}
