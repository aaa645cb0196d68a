package orrery.kit.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import orrery.kit.access.Grant;
import orrery.kit.test.TestDatabase;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

public class DatabaseTest {
    @AutoClose
    static final TestDatabase TEST = TestDatabase.create();

    private final Database database = TEST.database();
    private final Grant grant = TestDatabase.grant();

    public record Spec(int nodes, List<String> zones, Instant since) {}

    /// Jdbi binds the components of public records only.
    public record Thing(String name, @Jsonb Spec spec, @Jsonb Map<String, Integer> counts,
            Instant createdAt) {}

    @BeforeAll
    static void table() {
        TEST.database().write(TestDatabase.grant(), tx -> {
            tx.handle().execute("""
                    create table thing (
                      name text primary key, spec jsonb, counts jsonb, created_at timestamptz)""");
        });
    }

    @BeforeEach
    void empty() {
        database.write(grant, tx -> tx.handle().execute("delete from thing"));
    }

    private static void insert(Tx tx, String name) {
        tx.handle().execute("insert into thing (name, created_at) values (?, now())", name);
    }

    private long count() {
        return database.read(grant, tx -> tx.handle()
                .createQuery("select count(*) from thing").mapTo(long.class).one());
    }

    @Test
    void allOfATransactionHappensOrNothing() {
        var hooks = new ArrayList<String>();
        assertThatThrownBy(() -> database.write(grant, tx -> {
            tx.afterCommit(() -> hooks.add("committed"));
            tx.afterRollback(() -> hooks.add("rolled back"));
            insert(tx, "a");
            throw new IllegalStateException("no");
        })).hasMessage("no");
        assertThat(count()).isZero();
        database.write(grant, tx -> {
            tx.afterCommit(() -> hooks.add("count " + count()));
            insert(tx, "a");
        });
        assertThat(hooks).containsExactly("rolled back", "count 1");
    }

    /// As most records are.
    record Total(long total) {}

    @Test
    void readsIntoRecordsThatOnlyTheirPackageSees() {
        var read = database.read(grant, tx -> tx.handle()
                .createQuery("select 3 as total").mapTo(Total.class).one());
        assertThat(read).isEqualTo(new Total(3));
    }

    @Test
    void aRecordWithJsonComponentsComesBackAsItWas() {
        var now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        var thing = new Thing("a", new Spec(3, List.of("x", "y"), now), Map.of("n", 1), now);
        database.write(grant, tx -> tx.handle().createUpdate("""
                insert into thing (name, spec, counts, created_at)
                values (:name, :spec, :counts, :createdAt)
                """).bindMethods(thing).execute());
        var read = database.read(grant, tx -> tx.handle()
                .createQuery("select * from thing").mapTo(Thing.class).one());
        assertThat(read).isEqualTo(thing);
        var tree = database.read(grant, tx -> tx.handle()
                .createQuery("select spec from thing").mapTo(JsonNode.class).one());
        assertThat(tree.path("zones").path(1).textValue()).isEqualTo("y");
        database.write(grant, tx -> tx.handle().createUpdate("update thing set spec = :spec")
                .bind("spec", Json.of(Map.of("nodes", 4))).execute());
        assertThat(database.read(grant, tx -> tx.handle()
                .createQuery("select * from thing").mapTo(Thing.class).one()).spec().nodes())
                .isEqualTo(4);
    }

    @Test
    void aReadCannotWrite() {
        assertThatThrownBy(() -> database.read(grant, tx -> tx.handle()
                .execute("delete from thing")))
                .satisfies(e -> assertThat(DatabaseFailure.state(e)).isEqualTo("25006"));
    }

    @Test
    void refusesASecondTransactionOnTheSameThread() {
        assertThatThrownBy(() -> database.write(grant, outer ->
                database.write(grant, inner -> insert(inner, "a"))))
                .hasMessageContaining("pass its Tx on");
        assertThat(count()).isZero();
        database.write(grant, tx -> insert(tx, "a"));
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void aDeadlockIsResolvedByTryingAgain() throws Exception {
        database.write(grant, tx -> {
            insert(tx, "a");
            insert(tx, "b");
        });
        var both = new CountDownLatch(2);
        var update = "update thing set created_at = now() where name = ?";
        try (var threads = Executors.newFixedThreadPool(2)) {
            var results = List.of(List.of("a", "b"), List.of("b", "a")).stream()
                    .map(order -> threads.submit(() -> database.tx(grant, tx -> {
                        tx.handle().execute(update, order.getFirst());
                        both.countDown();
                        await(both);
                        return tx.handle().execute(update, order.getLast());
                    }))).toList();
            for (var result : results) {
                assertThat(result.get(120, TimeUnit.SECONDS)).isEqualTo(1);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void sessionsHaveLimits() {
        assertThat(show("statement_timeout")).isEqualTo("30s");
        assertThat(show("lock_timeout")).isEqualTo("10s");
        assertThat(show("idle_in_transaction_session_timeout")).isEqualTo("6s");
    }

    private String show(String setting) {
        return database.tx(grant, tx -> tx.handle()
                .createQuery("show " + setting).mapTo(String.class).one());
    }

    @Test
    void migrationsRunOnceAndAgain() {
        var address = TestDatabase.empty();
        for (int start = 0; start < 2; start++) {
            try (var fresh = Database.open(address, Limits.DEFAULT)) {
                long migrations = fresh.read(grant, tx -> tx.handle()
                        .createQuery("select count(*) from kit_migration where success")
                        .mapTo(long.class).one());
                assertThat(migrations).isPositive();
            }
        }
    }
}
