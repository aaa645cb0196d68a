package orrery.kit.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import orrery.kit.Ids;
import orrery.kit.access.Grant;
import orrery.kit.db.Sql;
import orrery.kit.test.TestDatabase;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the database itself refuses a runner whose lease has gone to another, even if that runner
/// believes to hold it still.
class FenceTest {
    private static final Duration LEASE = Duration.ofMillis(1);

    @AutoClose
    final TestDatabase test = TestDatabase.create();

    private final Grant grant = TestDatabase.grant();
    private final Ids ids = new Ids(new SecureRandom());
    private final JournalTable stale = new JournalTable(ids, "wrk_stale");
    private final JournalTable heir = new JournalTable(ids, "wrk_heir");
    private RunRow mine;
    private RunRow theirs;

    @BeforeEach
    void theLeaseGoesFromOneToTheOther() throws Exception {
        var now = Clock.systemUTC().instant();
        var run = new RunRow(ids.next("run"), "fence.test", null, grant.scope(), "usr_test",
                grant.stored(), "{}", null, 1, null, 0, false, null, null, now.plusSeconds(60),
                null);
        try (var c = connection()) {
            new Sql("create table effect (n int)").update(c);
            long epoch = new LeaseTable(ids, "wrk_stale").insert(run, false, true, LEASE, null)
                    .row(c, rows -> rows.getLong(1));
            mine = run.leased(epoch);
            Thread.sleep(20);
            theirs = new LeaseTable(ids, "wrk_heir").claim(
                    c, Set.of("fence.test"), 1, Duration.ofMinutes(1)).getFirst();
        }
        assertThat(theirs.epoch()).isGreaterThan(mine.epoch());
    }

    private Connection connection() throws SQLException {
        return test.database().dataSource(grant).getConnection();
    }

    private static StepRow done(String name) {
        return StepRow.begin(name, 0, StepRow.State.STARTED, true, Clock.systemUTC().instant())
                .completed("1", null);
    }

    private RunEvents.Entry event() {
        return RunEvents.step(mine, "one", RunStep.State.COMPLETED, Duration.ZERO);
    }

    private long count(String table) {
        return test.database().read(grant, tx -> tx.handle()
                .createQuery("select count(*) from " + table).mapTo(long.class).one());
    }

    @Test
    void aStaleRunnerRecordsAndChangesNothing() throws SQLException {
        long events = count("event");
        try (var c = connection()) {
            assertThat(stale.record(c, mine, done("one"), event()))
                    .isEqualTo(JournalTable.Result.LOST);
            assertThat(stale.progress(c, mine, "text", event()))
                    .isEqualTo(JournalTable.Result.LOST);
            assertThat(stale.park(c, mine, 1, null, done("one")))
                    .isEqualTo(JournalTable.Result.LOST);
            assertThat(stale.parkAgain(c, mine, 1, "text", done("one")))
                    .isEqualTo(JournalTable.Result.LOST);
            assertThat(stale.unwind(c, mine.unwinding(Status.FAILED, null), null, List.of()))
                    .isEqualTo(JournalTable.Result.LOST);
            assertThat(stale.end(c, mine, Status.COMPLETED, null, List.of(event())))
                    .isEqualTo(JournalTable.Result.LOST);
            assertThat(stale.isOurs(c, mine)).isFalse();
            assertThat(heir.isOurs(c, theirs)).isTrue();
        }
        assertThat(count("run_step")).isZero();
        assertThat(count("event")).isEqualTo(events);
    }

    @Test
    void aStaleRunnersTransactionIsNotCommitted() throws SQLException {
        refused(stale.recordOrFail(mine, done("one"), event()));
        refused(stale.endOrFail(mine, Status.COMPLETED, done("one"), List.of(event())));
        assertThat(count("effect")).isZero();
        assertThat(count("run_step")).isZero();
        transaction(heir.recordOrFail(theirs, done("one"), event()));
        assertThat(count("effect")).isEqualTo(1);
    }

    @Test
    void aStepThatIsRecordedIsNotRecordedAgain() throws SQLException {
        try (var c = connection()) {
            assertThat(heir.record(c, theirs, done("one"), event()))
                    .isEqualTo(JournalTable.Result.DONE);
            assertThat(heir.record(c, theirs, done("one"), event()))
                    .isEqualTo(JournalTable.Result.RECORDED);
        }
        refused(heir.recordOrFail(theirs, done("one"), event()));
        refused(heir.endOrFail(theirs, Status.COMPLETED, done("one"), List.of(event())));
        assertThat(count("effect")).isZero();
        transaction(heir.endOrFail(
                theirs, Status.COMPLETED, done("two"), List.of(event(), event())));
        assertThat(count("effect")).isEqualTo(1);
        try (var c = connection()) {
            assertThat(heir.isOurs(c, theirs)).isFalse();
        }
    }

    private void refused(Sql last) {
        assertThatThrownBy(() -> transaction(last))
                .satisfies(e -> assertThat(JournalTable.isRefused((Exception) e)).isTrue());
    }

    /// A step's own change, and what ends its transaction.
    private void transaction(Sql last) {
        test.database().write(grant, tx -> {
            tx.handle().execute("insert into effect values (1)");
            tx.withCommit(last);
        });
    }
}
