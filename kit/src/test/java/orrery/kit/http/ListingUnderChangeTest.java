package orrery.kit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import orrery.kit.access.Grant;
import orrery.kit.http.PageAsk.Sort;
import orrery.kit.secret.Sealing;
import orrery.kit.test.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Walks a list by its tokens while another client inserts and deletes more than 200 rows a
/// second: what stays is seen once by every walk, and nothing is seen twice.
class ListingUnderChangeTest {
    private static final Grant GRANT = TestDatabase.grant();
    private static final int STAYING = 600;
    private static final int WALKS = 24;
    private static final List<List<Sort>> ORDERS = List.of(List.of(),
            List.of(new Sort("name", false)), List.of(new Sort("name", true),
                    new Sort("createdAt", false)), List.of(new Sort("createdAt", false)));

    record Row(String id, String name, Instant createdAt) {}

    private static final Listing<Row> ROWS = Listing.of(Row.class, "rows", """
            id, name, created_at""", """
            moving
            where owner = :owner""").text("name");

    @TempDir
    Path folder;

    @Test
    void walksSkipAndRepeatNothing() throws Exception {
        try (var test = TestDatabase.create(); var both = Executors.newFixedThreadPool(1)) {
            var paging = new Paging(Sealing.openOrCreate(folder.resolve("key")),
                    Clock.systemUTC());
            fill(test);
            var over = new AtomicBoolean();
            var changes = new AtomicInteger();
            long begin = System.nanoTime();
            var changing = both.submit(() -> change(test, over, changes));
            Awaitility.await().until(() -> changes.get() > 0 || changing.isDone());
            try {
                for (int walk = 0; walk < WALKS; walk++) {
                    walk(test, paging, ORDERS.get(walk % ORDERS.size()));
                }
            } finally {
                over.set(true);
            }
            changing.get();
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.out.printf("%d walks beside %.0f changes a second%n", WALKS,
                    changes.get() / seconds);
            assertThat(changes).hasValueGreaterThan(WALKS);
        }
    }

    private static void fill(TestDatabase test) {
        test.database().write(GRANT, tx -> {
            tx.handle().execute("""
                    create table moving (id text primary key, owner text not null,
                      name text not null, created_at timestamptz not null)""");
            // Names and times repeat, so that often the identifier alone tells rows apart.
            tx.handle().execute("""
                    insert into moving
                    select 'stay_' || lpad(i::text, 4, '0'), 'me', 'name ' || i % 9,
                      '2026-01-01T00:00:00Z'::timestamptz + (i % 20) * interval '1 minute'
                    from generate_series(1, ?) as i""", STAYING);
        });
    }

    /// Inserts and deletes rows between those that stay, each in a transaction of its own. No
    /// identifier comes twice.
    private static void change(TestDatabase test, AtomicBoolean over, AtomicInteger changes) {
        var random = new Random(11);
        var there = new ArrayList<String>();
        while (!over.get()) {
            boolean more = there.size() < 50 || random.nextInt(200) > there.size();
            var id = more ? (random.nextBoolean() ? "a_" : "z_") + changes
                    : there.remove(random.nextInt(there.size()));
            test.database().write(GRANT, tx -> {
                if (more) {
                    tx.handle().execute("""
                            insert into moving
                            values (?, 'me', 'name ' || ?, '2026-01-01T00:00:00Z'::timestamptz
                              + ? * interval '1 minute')""",
                            id, random.nextInt(9), random.nextInt(20));
                } else {
                    tx.handle().execute("delete from moving where id = ?", id);
                }
            });
            if (more) {
                there.add(id);
            }
            changes.incrementAndGet();
        }
    }

    private static void walk(TestDatabase test, Paging paging, List<Sort> order) {
        var seen = new HashSet<String>();
        String token = null;
        var deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        do {
            var ask = new PageAsk(40, token, null, order, null);
            var page = test.database().read(GRANT, tx ->
                    ROWS.page(tx, paging, ask, Map.of("owner", "me")));
            page.items().forEach(row -> assertThat(seen.add(row.id()))
                    .as("%s is seen once", row).isTrue());
            token = page.next();
            assertThat(System.nanoTime()).isLessThan(deadline);
        } while (token != null);
        assertThat(seen.stream().filter(id -> id.startsWith("stay_"))).hasSize(STAYING);
    }
}
