package orrery.server.compute.address;

import static orrery.server.compute.address.AddressWorld.GRANT;
import static orrery.server.compute.address.AddressWorld.REGION;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import orrery.kit.events.Event;
import orrery.kit.events.EventFilter;
import orrery.kit.events.Position;
import orrery.kit.http.PageAsk;
import orrery.kit.http.PageAsk.Sort;
import orrery.kit.test.Paced;
import orrery.kit.test.Walk;
import orrery.server.compute.network.Network;
import org.junit.jupiter.api.Test;

/// The addresses of a project and its events, walked by page tokens while addresses come and go,
/// 200 a second. Offsets promise nothing then.
class ListsUnderChangeTest {
    private static final int A_SECOND = 200;
    private static final int STAYING = 150;
    private static final int PASSING = 40;
    private static final int PAGE = 12;
    private static final int EVENTS = 30;
    private static final List<List<Sort>> ORDERS = List.of(List.of(),
            List.of(new Sort("name", false)), List.of(new Sort("updatedAt", false)),
            List.of(new Sort("createdBy", true), new Sort("name", true)));

    /// Those that are there, each from its commit until just before its release.
    private final Set<String> there = ConcurrentHashMap.newKeySet();
    private final List<String> passing = new ArrayList<>();
    private final Random random = new Random(7);

    @Test
    void walksSkipAndRepeatNothing() {
        try (var world = new AddressWorld()) {
            var network = world.network("walked", "10.1.0.0/20");
            for (int i = 0; i < STAYING; i++) {
                take(world, network);
                if (i % 8 == 0) {
                    passing.add(take(world, network));
                }
            }
            try (var changes = Paced.start(A_SECOND, () -> change(world, network))) {
                for (var order : ORDERS) {
                    Walk.<String>through("addresses by " + order, changes,
                            () -> new HashSet<>(there), token -> addresses(world, order, token));
                }
                Walk.<Position>through("events", changes, () -> told(world),
                        before -> events(world, before));
            }
        }
    }

    private String take(AddressWorld world, Network network) {
        var taken = world.allocate(network).id();
        there.add(taken);
        return taken;
    }

    private void change(AddressWorld world, Network network) {
        if (passing.isEmpty() || passing.size() < random.nextInt(PASSING)) {
            passing.add(take(world, network));
        } else {
            var gone = passing.remove(random.nextInt(passing.size()));
            there.remove(gone);
            world.addresses.release(GRANT, REGION, gone, OptionalLong.empty());
        }
    }

    private static Walk.Page<String> addresses(
            AddressWorld world, List<Sort> order, String token) {
        var page = world.addresses.list(
                GRANT, REGION, new PageAsk(PAGE, token, null, order, null));
        return new Walk.Page<>(page.items().stream().map(Address::id).toList(), page.next());
    }

    private static Walk.Page<Position> events(AddressWorld world, Position before) {
        var page = world.process.events().list(GRANT, EventFilter.of(GRANT.scope()),
                before, EVENTS);
        return new Walk.Page<>(page.stream().map(Event::id).toList(),
                page.size() < EVENTS ? null : page.getLast().position());
    }

    private static Set<String> told(AddressWorld world) {
        return world.test.database().read(GRANT, tx -> new HashSet<>(tx.handle()
                .createQuery("select id from event where project = 'prj_test'")
                .mapTo(String.class).list()));
    }
}
