package orrery.kit.events;

import java.util.List;
import orrery.kit.Ids;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import org.jspecify.annotations.Nullable;

/// The event log. Every change appends to it in its own transaction.
public final class Events {
    /// What the run engine adds to its own statements: the columns of an event, in this order.
    public static final String INSERT = """
            insert into event (id, type, subject_kind, subject_id, organization, project,
              actor, request_id, run_id, data)
            """;

    /// The topic of the hint that events were appended.
    public static final String TOPIC = "event";

    private static final int PAGE = 500;

    private final Database database;
    private final EventTable table;
    private final Signals signals;

    public Events(Database database, Signals signals, Ids ids) {
        this.database = database;
        this.table = new EventTable(ids);
        this.signals = signals;
    }

    /// Appends to the log: these events stand there exactly if the transaction happens.
    public void append(Tx tx, NewEvent... events) {
        table.insert(tx, List.of(events));
        tx.afterCommit(() -> signals.send(TOPIC));
    }

    /// The newest events first.
    ///
    /// @param before continue below this one; null: begin with the newest
    /// @param limit  at most this many, and never more than 500
    public List<Event> list(
            Grant grant, EventFilter filter, @Nullable Position before, int limit) {
        return database.read(grant, tx -> table.before(tx, before, filter, Math.min(limit, PAGE)));
    }

    EventTable table() {
        return table;
    }
}
