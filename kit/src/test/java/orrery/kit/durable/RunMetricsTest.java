package orrery.kit.durable;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import orrery.kit.access.Scope;
import orrery.kit.test.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RunMetricsTest {
    private static final Instant DAWN = Instant.parse("2026-01-01T00:00:00Z");
    private static TestDatabase test;

    /// A hundred that took one to a hundred seconds, a minute apart, every second in another
    /// project; and some that did not complete.
    @BeforeAll
    static void fill() {
        test = TestDatabase.create();
        for (int i = 1; i <= 100; i++) {
            insert("made", "completed", i % 2 == 0 ? "prj_a" : "prj_b", i, i);
        }
        insert("made", "failed", "prj_a", 200, 999);
        insert("made", "running", "prj_a", 201, 999);
        insert("other", "failed", "prj_a", 202, 999);
    }

    @AfterAll
    static void drop() {
        test.close();
    }

    private static void insert(
            String saga, String status, String project, int minute, int seconds) {
        var created = DAWN.plus(Duration.ofMinutes(minute));
        test.database().write(TestDatabase.grant(), tx -> tx.handle().execute("""
                insert into run (id, saga, status, organization, project, triggered_by, authority,
                  input, exclusive, open, epoch, lease_until, created_at, started_at, finished_at,
                  deadline)
                values (?, ?, ?, 'org', ?, 'x', '{}', '{}', false, false, 0, now(), ?, ?, ?, now())
                """, "run_" + saga + minute, saga, status, project, created, created,
                created.plusSeconds(seconds)));
    }

    private static RunMetrics count(Scope place, Instant since, int most) {
        return test.database().read(TestDatabase.grant(), tx ->
                new RunMetricsTable().count(tx, List.of(place), List.of(), since, most));
    }

    @Test
    void countsStatusesAndTheDurationsOfThoseThatCompleted() {
        var all = count(Scope.PLATFORM, DAWN, 1000);
        assertThat(all.since()).isEqualTo(DAWN);
        assertThat(all.types()).extracting(RunMetrics.OfType::type)
                .containsExactly("made", "other");
        var made = all.types().getFirst();
        assertThat(made.total()).isEqualTo(102);
        assertThat(made.statuses()).containsEntry(Status.COMPLETED, 100L)
                .containsEntry(Status.FAILED, 1L).containsEntry(Status.RUNNING, 1L)
                .containsEntry(Status.PENDING, 0L).hasSize(Status.values().length);
        assertThat(made.durations()).isEqualTo(new RunMetrics.Durations(Duration.ofSeconds(50),
                Duration.ofSeconds(90), Duration.ofSeconds(99), Duration.ofSeconds(100)));
        assertThat(all.types().getLast().durations()).as("none completed").isNull();
    }

    @Test
    void countsOnlyWhatIsInAPlace() {
        assertThat(count(Scope.project("org", "prj_b"), DAWN, 1000).types())
                .extracting(RunMetrics.OfType::total).containsExactly(50L);
        assertThat(count(Scope.organization("org"), DAWN, 1000).types())
                .extracting(RunMetrics.OfType::total).containsExactly(102L, 1L);
        assertThat(count(Scope.organization("other"), DAWN, 1000).types()).isEmpty();
    }

    @Test
    void saysFromWhenOnWhereThereAreMoreThanAreCounted() {
        var newest = count(Scope.PLATFORM, DAWN, 10);
        assertThat(newest.types().stream().mapToLong(RunMetrics.OfType::total).sum())
                .isEqualTo(10);
        assertThat(newest.since()).isEqualTo(DAWN.plus(Duration.ofMinutes(94)));
        var late = DAWN.plus(Duration.ofMinutes(100));
        assertThat(count(Scope.PLATFORM, late, 1000).types().getFirst().total()).isEqualTo(3);
    }
}
