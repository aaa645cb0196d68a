package orrery.server.operations.retention;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import orrery.kit.db.Database;
import orrery.kit.durable.Loop;
import orrery.kit.durable.LoopRound;
import org.jboss.logging.Logger;

/// Forgets what was deleted a month ago. The log of what happened is kept.
///
/// Which tables there are the database says itself: each that has a column `deleted_at`. A row that
/// others point at stays until they are gone, so that no order is to be kept; what is part of a row
/// goes with it by its foreign key (`on delete cascade`).
@Singleton
final class ForgetDeleted implements Loop {
    private static final Logger LOG = Logger.getLogger(ForgetDeleted.class);
    private static final Duration KEPT = Duration.ofDays(30);
    private static final int AT_ONCE = 500;
    private static final int MOST_BATCHES = 100;

    private final RetentionTable table = new RetentionTable();
    private final Database database;
    private final Clock clock;

    ForgetDeleted(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "forget deleted";
    }

    @Override
    public Duration every() {
        return Duration.ofHours(1);
    }

    @Override
    public void round(LoopRound round) {
        var before = clock.instant().minus(KEPT);
        for (var one : database.read(round.grant(), table::all)) {
            int forgotten = AT_ONCE;
            int all = 0;
            for (int i = 0; i < MOST_BATCHES && forgotten == AT_ONCE; i++) {
                forgotten = database.tx(
                        round.grant(), tx -> table.forget(tx, one, before, AT_ONCE));
                all += forgotten;
            }
            if (all > 0) {
                LOG.infof("forgot %d deleted rows of %s", all, one);
            }
        }
    }
}
