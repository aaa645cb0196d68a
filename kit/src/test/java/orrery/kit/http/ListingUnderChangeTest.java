package orrery.kit.http;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import orrery.kit.access.Grant;
import orrery.kit.http.PageAsk.Sort;
import orrery.kit.secret.Sealing;
import orrery.kit.test.Paced;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.Walk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Walks a list by its tokens while another client inserts and deletes 200 rows a second, where
/// often the identifier alone tells rows apart: what stays is seen once by every walk, and nothing
/// is seen twice.
class ListingUnderChangeTest {
    private static final Grant GRANT = TestDatabase.grant();
    private static final int A_SECOND = 200;
    private static final int STAYING = 600;
    private static final int PASSING = 200;
    private static final int PAGE = 40;
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

    /// Those that are there, each from its commit until just before its deletion.
    private final Set<String> there = ConcurrentHashMap.newKeySet();
    private final List<String> passing = new ArrayList<>();
    private final Random random = new Random(11);

    @Test
    void walksSkipAndRepeatNothing() {
        try (var test = TestDatabase.create()) {
            var paging = new Paging(Sealing.openOrCreate(folder.resolve("key")),
                    Clock.systemUTC());
            fill(test);
            try (var changes = Paced.start(A_SECOND, () -> change(test))) {
                for (var order : ORDERS) {
                    Walk.<String>through("rows by " + order, changes,
                            () -> new HashSet<>(there), token -> page(test, paging, order, token));
                }
            }
        }
    }

    private void fill(TestDatabase test) {
        test.database().write(GRANT, tx -> {
            tx.handle().execute("""
                    create table moving (id text primary key, owner text not null,
                      name text not null, created_at timestamptz not null)""");
            // Names and times repeat.
            tx.handle().execute("""
                    insert into moving
                    select 'stay_' || i, 'me', 'name ' || i % 9,
                      '2026-01-01T00:00:00Z'::timestamptz + (i % 20) * interval '1 minute'
                    from generate_series(1, ?) as i""", STAYING);
        });
        IntStream.rangeClosed(1, STAYING).forEach(i -> there.add("stay_" + i));
    }

    /// Inserts a row between those that stay, or deletes one. No identifier comes twice.
    private void change(TestDatabase test) {
        boolean more = passing.isEmpty() || random.nextInt(PASSING) > passing.size();
        if (!more) {
            var gone = passing.remove(random.nextInt(passing.size()));
            there.remove(gone);
            test.database().write(GRANT,
                    tx -> tx.handle().execute("delete from moving where id = ?", gone));
            return;
        }
        var id = (random.nextBoolean() ? "a_" : "z_") + random.nextLong(Long.MAX_VALUE);
        test.database().write(GRANT, tx -> tx.handle().execute("""
                insert into moving
                values (?, 'me', 'name ' || ?, '2026-01-01T00:00:00Z'::timestamptz
                  + ? * interval '1 minute')""", id, random.nextInt(9), random.nextInt(20)));
        passing.add(id);
        there.add(id);
    }

    private static Walk.Page<String> page(
            TestDatabase test, Paging paging, List<Sort> order, String token) {
        var page = test.database().read(GRANT, tx -> ROWS.page(tx, paging,
                new PageAsk(PAGE, token, null, order, null), Map.of("owner", "me")));
        return new Walk.Page<>(page.items().stream().map(Row::id).toList(), page.next());
    }
}
