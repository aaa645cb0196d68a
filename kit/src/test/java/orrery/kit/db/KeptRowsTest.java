package orrery.kit.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.List;
import orrery.kit.access.Grant;
import orrery.kit.test.TestDatabase;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

public class KeptRowsTest {
    @AutoClose
    static final TestDatabase ONE = TestDatabase.create();
    @AutoClose
    static final TestDatabase OTHER = TestDatabase.create();

    private final Grant grant = TestDatabase.grant();

    public record Kept(String id, int number) {}

    public record Narrow(String id) {}

    @BeforeAll
    static void tables() {
        for (var each : List.of(ONE, OTHER)) {
            each.database().write(TestDatabase.grant(), tx -> tx.handle().execute(
                    "create table kept (id text primary key, number int)"));
        }
    }

    @BeforeEach
    void one() {
        for (var each : List.of(ONE, OTHER)) {
            each.database().write(grant, tx -> {
                tx.handle().execute("delete from kept");
                tx.handle().execute("insert into kept values ('a', 1)");
            });
        }
    }

    private static Kept in(Tx tx) {
        return tx.handle().createQuery("select xmin, ctid, id, number from kept")
                .mapTo(Kept.class).one();
    }

    private Kept read(TestDatabase test) {
        return test.database().read(grant, KeptRowsTest::in);
    }

    private static void set(Tx tx, int number) {
        tx.handle().execute("update kept set number = ?", number);
    }

    @Test
    void theSameRowIsTheSameObject() {
        assertThat(read(ONE)).isSameAs(read(ONE)).isEqualTo(new Kept("a", 1));
        var sorted = ONE.database().read(grant, tx -> tx.handle().createQuery(
                "select xmin, ctid, id, number, number::text as sort_0 from kept")
                .mapTo(Kept.class).one());
        assertThat(sorted).isSameAs(read(ONE));
    }

    @Test
    void whatChangedIsReadAnew() {
        read(ONE);
        ONE.database().write(grant, tx -> set(tx, 2));
        assertThat(read(ONE).number()).isEqualTo(2);
        ONE.database().write(grant, tx -> tx.handle().execute("delete from kept"));
        ONE.database().write(grant, tx ->
                tx.handle().execute("insert into kept values ('b', 3)"));
        assertThat(read(ONE)).isEqualTo(new Kept("b", 3));
    }

    @Test
    void aTransactionSeesEachOfItsChangesAndNobodyElseDoes() {
        assertThatThrownBy(() -> ONE.database().write(grant, tx -> {
            for (int number = 2; number < 200; number++) {
                set(tx, number);
                assertThat(in(tx).number()).isEqualTo(number);
            }
            assertThat(ONE.database().aside(grant, KeptRowsTest::in).number()).isOne();
            throw new IllegalStateException("undone");
        })).hasMessage("undone");
        assertThat(read(ONE).number()).isOne();
    }

    /// What is deleted makes room for what is written next, in the same place.
    @Test
    void aPlaceThatIsUsedAgainHoldsSomethingElse() throws SQLException {
        for (int number = 2; number < 300; number++) {
            int each = number;
            ONE.database().write(grant, tx -> set(tx, each));
            assertThat(read(ONE).number()).isEqualTo(number);
            if (number % 50 == 0) {
                vacuum();
            }
        }
    }

    private void vacuum() throws SQLException {
        try (var connection = ONE.database().dataSource(grant).getConnection();
                var statement = connection.createStatement()) {
            statement.execute("vacuum kept");
        }
    }

    /// Databases that were made alike have the same transactions at first.
    @Test
    void anotherDatabaseHasRowsOfItsOwn() {
        OTHER.database().write(grant, tx -> set(tx, 7));
        assertThat(read(ONE).number()).isOne();
        assertThat(read(OTHER).number()).isEqualTo(7);
    }

    @Test
    void aRecordIsKeptWithTheSameColumnsOnly() {
        ONE.database().read(grant, tx -> tx.handle().createQuery(
                "select xmin, ctid, id from kept").mapTo(Narrow.class).one());
        assertThatThrownBy(() -> ONE.database().read(grant, tx -> tx.handle().createQuery(
                "select xmin, ctid, id, upper(id) as other from kept")
                .mapTo(Narrow.class).one())).hasMessageContaining("is kept with");
    }
}
