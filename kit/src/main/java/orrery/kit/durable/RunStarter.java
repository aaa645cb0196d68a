package orrery.kit.durable;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.DatabaseFailure;
import orrery.kit.db.Sql;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.Signals;
import orrery.kit.events.Subject;
import orrery.kit.secret.SealedJson;
import org.jspecify.annotations.Nullable;

/// Inserts runs, in the transaction of whoever wants them, and hands them on when that is
/// committed: to this process if it has room, else to whoever claims them.
final class RunStarter {
    private final RunEngine engine;
    private final LeaseTable leases;
    private final RunTable table = new RunTable();
    private final SealedJson json;
    private final Signals signals;
    private final Ids ids;
    private final Clock clock;
    private final Duration lease;

    RunStarter(RunEngine engine, LeaseTable leases, SealedJson json, Signals signals, Ids ids,
            Clock clock, Duration lease) {
        this.engine = engine;
        this.leases = leases;
        this.json = json;
        this.signals = signals;
        this.ids = ids;
        this.clock = clock;
        this.lease = lease;
    }

    /// @param scope where the subject lies
    /// @param beside whether another run may have the subject now
    <I extends Record> String start(Tx tx, SagaType<I> type, I input, @Nullable Subject subject,
            Scope scope, boolean beside) {
        if (!tx.grant().scope().contains(scope)) {
            throw new IllegalArgumentException(tx.grant() + " does not reach " + scope);
        }
        var id = ids.next("run");
        var run = row(id, type, encode(id, input), subject, scope, tx.grant().stored(), null, 1);
        insert(tx, run, subject != null && !beside, null, true);
        return id;
    }

    <C extends Record> String startChild(
            Tx tx, SagaType<C> type, C input, @Nullable Subject subject, RunRow parent) {
        var id = ids.next("run");
        // Within its parent's reservation it needs none of its own.
        boolean own = subject != null && !subject.equals(parent.subject());
        var run = row(id, type, encode(id, input), subject == null ? parent.subject() : subject,
                parent.scope(), parent.authority(), parent.id(), 1);
        insert(tx, run, own, null, true);
        return id;
    }

    String nextId() {
        return ids.next("run");
    }

    /// A stored input, for another run.
    SealedJson.Parts move(RunTable.Input input, String from, String to) {
        return new SealedJson.Parts(input.json(), input.sealed() == null ? null
                : json.move(input.sealed(), RunRow.INPUT.at(from), RunRow.INPUT.at(to)));
    }

    private SealedJson.Parts encode(String id, Object input) {
        return json.write(input, RunRow.INPUT.at(id));
    }

    <I extends Record> RunRow row(String id, SagaType<I> type, SealedJson.Parts input,
            @Nullable Subject subject, Scope scope, Grant.Stored authority,
            @Nullable String parent, int attempt) {
        return new RunRow(id, type.name(), subject, scope, authority.principal().id(),
                authority, input.json(), input.sealed(), attempt, parent, 0, false, null, null,
                clock.instant().plus(type.policy().deadline()), null);
    }

    /// @throws Problem.Failure [Problem.Conflict] when another changing run has the subject
    ///
    /// @param fresh whether nothing of it is recorded yet
    void insert(Tx tx, RunRow run, boolean exclusive, @Nullable String retryOf, boolean fresh) {
        var held = engine.reserve(run.id(), run.saga());
        if (held != null) {
            tx.afterRollback(() -> engine.abandon(held));
        }
        var sql = leases.insert(run, exclusive, held != null, lease, retryOf);
        Sql.Reader<Boolean> granted = rows -> {
            if (held != null) {
                held.epoch(rows.getLong(1));
            }
            return true;
        };
        try {
            if (!exclusive) {
                tx.withCommit(sql.reading(granted));
            } else if (sql.rows(tx.connection(), granted).isEmpty()) {
                throw occupied(tx, run.subject());
            }
            if (held != null) {
                tx.afterCommit(() -> engine.execute(run.leased(held.epoch()), held, fresh));
            } else {
                tx.afterCommit(() -> signals.send(RunEngine.TOPIC));
            }
            tx.afterCommit(() -> signals.send(Events.TOPIC));
        } catch (SQLException e) {
            throw new DatabaseFailure("starting a run", e);
        }
    }

    private Problem.Failure occupied(Tx tx, @Nullable Subject subject) {
        if (subject == null) {
            throw new IllegalStateException("a run without a subject met another one's");
        }
        var other = table.active(tx, subject).orElse("another run, which has just ended");
        return new Problem.Conflict(subject.kind(), subject.id(),
                "is being changed by " + other + "; wait for it or cancel it").raise();
    }
}
