package orrery.kit.durable;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceCurrentlyExecutingException;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import com.github.kagkarlsson.scheduler.task.schedule.Schedule;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.kit.db.DatabaseFailure;
import orrery.kit.db.Sql;
import orrery.kit.kube.Fence;
import org.jboss.logging.Logger;

/// Runs all loops (db-scheduler): each by one process at a time, by another when that one dies.
public final class Loops implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Loops.class);
    private static final int AT_ONCE = 8;
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    private static final int MISSED_HEARTBEATS = 4;
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Access access;
    private final Clock clock;
    private final DataSource source;
    private final Scheduler scheduler;
    /// Loops that somebody was in a hurry for while they were in a round.
    private final Set<String> hurried = ConcurrentHashMap.newKeySet();

    private Loops(Database database, Access access, Clock clock, Collection<? extends Loop> loops) {
        this.access = access;
        this.clock = clock;
        this.source = database.dataSource(access.system("loops"));
        this.scheduler = Scheduler.create(source)
                .startTasks(loops.stream().map(this::task).toList())
                .jdbcCustomization(new PostgreSqlJdbcCustomization(false, false))
                .executorService(Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("loop-", 0).factory()))
                // Its own choice is the host's name, which not every host can find out.
                .schedulerName(new SchedulerName.Fixed("orrery-" + UUID.randomUUID()))
                .threads(AT_ONCE)
                .pollingInterval(POLL)
                .heartbeatInterval(HEARTBEAT)
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .shutdownMaxWait(GRACE)
                .build();
    }

    /// Begins to run them.
    public static Loops start(
            Database database, Access access, Clock clock, Collection<? extends Loop> loops) {
        var started = new Loops(database, access, clock, loops);
        started.scheduler.start();
        return started;
    }

    /// Has a loop's next round begin now instead of after its pause. If it is in a round just now,
    /// which may have looked already, another follows at once.
    public void hurry(String loop) {
        try {
            scheduler.reschedule(
                    TaskInstanceId.of(loop, RecurringTask.INSTANCE), clock.instant());
        } catch (TaskInstanceCurrentlyExecutingException inARound) {
            hurried.add(loop);
        } catch (RuntimeException e) {
            LOG.debugf("%s is not hurried: %s", loop, e.getMessage());
        }
    }

    @Override
    public void close() {
        scheduler.stop();
    }

    private RecurringTask<Void> task(Loop loop) {
        return Tasks.recurring(loop.name(), new Pause(FixedDelay.of(loop.every()),
                        () -> hurried.remove(loop.name())))
                .execute((instance, context) -> round(loop, context));
    }

    /// The usual pause, and none after a round in which somebody was in a hurry.
    private record Pause(Schedule usual, BooleanSupplier hurried) implements Schedule {
        @Override
        public Instant getNextExecutionTime(ExecutionComplete round) {
            return hurried.getAsBoolean()
                    ? round.getTimeDone() : usual.getNextExecutionTime(round);
        }

        @Override
        public Instant getInitialExecutionTime(Instant now) {
            return usual.getInitialExecutionTime(now);
        }

        @Override
        public boolean isDeterministic() {
            return usual.isDeterministic();
        }
    }

    private void round(Loop loop, ExecutionContext context) {
        try {
            var fence = new Fence("loop " + loop.name(), token(), () -> isAlive(context));
            loop.round(new LoopRound(
                    access.system(loop.name()), fence, () -> hurry(loop.name())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.errorf(e, "a round of %s", loop.name());
        }
    }

    /// Whether nobody else can have begun a round: the heartbeat has reached the table lately.
    private static boolean isAlive(ExecutionContext context) {
        return !context.getCurrentlyExecuting().getHeartbeatState().hasStaleHeartbeat();
    }

    private long token() {
        try (var connection = source.getConnection()) {
            return new Sql("select nextval('run_epoch')")
                    .row(connection, rows -> rows.getLong(1));
        } catch (SQLException e) {
            throw new DatabaseFailure("a loop's token", e);
        }
    }
}
