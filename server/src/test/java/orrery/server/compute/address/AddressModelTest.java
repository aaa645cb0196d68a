package orrery.server.compute.address;

import static orrery.server.compute.address.AddressWorld.GRANT;
import static orrery.server.compute.address.AddressWorld.PROJECT;
import static orrery.server.compute.address.AddressWorld.REGION;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import orrery.kit.Problem;
import orrery.kit.events.Subject;
import orrery.server.Seeds;
import orrery.server.Story;
import orrery.server.compute.network.Network;
import org.junit.jupiter.api.Tag;

/// Whatever is asked in whatever order: an address belongs to one at a time, none is lost, one is
/// refused only when it is taken, and the quota counts those that are.
@Tag("sagas")
class AddressModelTest {
    private static final int STEPS = 250;

    private final Set<String> free = new TreeSet<>();
    private final TreeMap<String, Address> taken = new TreeMap<>();
    private final TreeMap<String, Subject> users = new TreeMap<>();
    private final Set<String> bound = new TreeSet<>();

    @Seeds({1, 2, 3, 4, 5})
    void noAddressIsTwoPeoplesAndNoneIsLost(Story story) {
        story.tell(() -> {
            try (var world = new AddressWorld()) {
                var network = world.network("model", "10.1.0.0/28");
                IntStream.rangeClosed(2, 14).forEach(i -> free.add("10.1.0." + i));
                for (int i = 0; i < STEPS; i++) {
                    step(world, network, story.random());
                    assertThat(live(world)).as("step " + i).isEqualTo(taken.keySet());
                    assertThat(world.used()).as("step " + i).isEqualTo(taken.size());
                }
                assertThat(ranges(world)).containsExactlyInAnyOrderElementsOf(free);
            }
        });
    }

    private void step(AddressWorld world, Network network, Random random) {
        switch (random.nextInt(7)) {
            case 0, 1 -> any(world, network);
            case 2 -> chosen(world, network, "10.1.0." + random.nextInt(16));
            case 3 -> held(world, network, user(random));
            case 4 -> release(world, random);
            case 5 -> attach(world, user(random), random);
            default -> let(world, user(random));
        }
    }

    private static Subject user(Random random) {
        return new Subject("instance", "ins_" + random.nextInt(3));
    }

    private void any(AddressWorld world, Network network) {
        try {
            note(world.allocate(network));
        } catch (Problem.Failure refused) {
            assertThat(refused.problem()).isInstanceOf(Problem.PoolExhausted.class);
            assertThat(free).isEmpty();
        }
    }

    private void chosen(AddressWorld world, Network network, String address) {
        boolean isFree = free.contains(address);
        try {
            note(world.allocate(network, address));
            assertThat(isFree).isTrue();
        } catch (Problem.Failure refused) {
            assertThat(isFree).as(refused.getMessage()).isFalse();
        }
    }

    private void held(AddressWorld world, Network network, Subject user) {
        try {
            var made = world.test.database().tx(GRANT, tx -> {
                var held = world.addresses.hold(tx, PROJECT, REGION, NewAddress.internal(
                        null, null, null, network.id(), null), "nic", user);
                world.addresses.count(tx, user);
                return held;
            });
            note(made);
            users.put(made.ipAddress(), user);
            bound.add(made.ipAddress());
        } catch (Problem.Failure refused) {
            assertThat(free).isEmpty();
        }
    }

    private void release(AddressWorld world, Random random) {
        one(random).ifPresent(address -> {
            boolean isUsed = users.containsKey(address.ipAddress());
            try {
                world.addresses.release(GRANT, REGION, address.id(), OptionalLong.empty());
                assertThat(isUsed).isFalse();
                forget(address.ipAddress());
            } catch (Problem.Failure refused) {
                assertThat(isUsed).isTrue();
            }
        });
    }

    private void attach(AddressWorld world, Subject user, Random random) {
        one(random).ifPresent(address -> {
            var other = users.get(address.ipAddress());
            try {
                world.test.database().tx(GRANT, tx -> world.addresses.attach(
                        tx, PROJECT, REGION, address.id(), user));
                assertThat(other == null || other.equals(user)).isTrue();
                users.put(address.ipAddress(), user);
            } catch (Problem.Failure refused) {
                assertThat(other).isNotNull().isNotEqualTo(user);
            }
        });
    }

    private void let(AddressWorld world, Subject user) {
        world.test.database().write(GRANT, tx -> world.addresses.free(tx, user));
        for (var address : List.copyOf(taken.keySet())) {
            if (user.equals(users.get(address))) {
                users.remove(address);
                if (bound.contains(address)) {
                    forget(address);
                }
            }
        }
    }

    private Optional<Address> one(Random random) {
        var all = new ArrayList<>(taken.values());
        return all.isEmpty() ? Optional.empty()
                : Optional.of(all.get(random.nextInt(all.size())));
    }

    private void note(Address made) {
        assertThat(free.remove(made.ipAddress())).as(made.ipAddress() + " was free").isTrue();
        taken.put(made.ipAddress(), made);
    }

    private void forget(String address) {
        taken.remove(address);
        bound.remove(address);
        free.add(address);
    }

    private static Set<String> live(AddressWorld world) {
        return world.test.database().read(GRANT, tx -> tx.handle().createQuery(
                "select host(ip_address) from address where deleted_at is null")
                .mapTo(String.class).list()).stream().collect(Collectors.toSet());
    }

    /// Every address that the ranges say is free.
    private static List<String> ranges(AddressWorld world) {
        return world.test.database().read(GRANT, tx -> tx.handle().createQuery("""
                select host(first + i)
                from address_range, generate_series(0, last - first) as i
                """).mapTo(String.class).list());
    }
}
