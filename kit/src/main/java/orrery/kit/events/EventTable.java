package orrery.kit.events;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import orrery.kit.Ids;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Json;
import orrery.kit.db.Sql;
import orrery.kit.db.Tx;
import org.jspecify.annotations.Nullable;

/// The SQL of table `event`.
final class EventTable {
    private static final String COLUMNS = """
            select xid::text::bigint as xid_number, seq, id, time, type, subject_kind, subject_id,
              organization, project, actor, request_id, run_id, data
            from event
            """;

    /// What nobody can still add an earlier row to. Not narrowed further, so that the caller sees
    /// whether rows are waiting behind the line.
    private static final String AFTER = COLUMNS.replace(" data\n", """
             data,
              xid < pg_snapshot_xmin(pg_current_snapshot()) as settled
            """) + """
            where (xid, seq) > (:xid::text::xid8, :seq)
            order by xid, seq
            limit :limit
            """;

    private static final String WANTED = """
              and (:organization::text is null or organization = :organization)
              and (:project::text is null or project = :project)
              and (:subjectKind::text is null or subject_kind = :subjectKind)
              and (:subjectId::text is null or subject_id = :subjectId)
              and (:type::text is null or type = :type
                or right(:type, 1) = '.' and starts_with(type, :type))
            """;

    private static final String BETWEEN = COLUMNS + """
            where (xid, seq) > (:xid::text::xid8, :seq)
              and (xid, seq) <= (:untilXid::text::xid8, :untilSeq)
            """ + WANTED + """
            order by xid, seq
            limit :limit
            """;

    private static final String BEFORE = COLUMNS + """
            where (xid, seq) < (:xid::text::xid8, :seq)
            """ + WANTED + """
            order by xid desc, seq desc
            limit :limit
            """;

    private static final String END = """
            select xid::text::bigint as xid, seq from event
            where xid < pg_snapshot_xmin(pg_current_snapshot())
            order by event.xid desc, event.seq desc
            limit 1
            """;

    private final Ids ids;

    EventTable(Ids ids) {
        this.ids = ids;
    }

    void insert(Tx tx, List<NewEvent> events) {
        var grant = tx.grant();
        var sql = new Sql(Events.INSERT + "values " + String.join(", ",
                Collections.nCopies(events.size(), "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb)")));
        for (var event : events) {
            var scope = scope(event, grant);
            sql.with(ids.next("evt"), event.type(), event.subject().kind(),
                    event.subject().id(), scope.organization(), scope.project(),
                    grant.principal().id(), grant.call().requestId(), tx.run(),
                    Json.write(event.data()));
        }
        tx.withCommit(sql);
    }

    private static Scope scope(NewEvent event, Grant grant) {
        return event.scope() == null ? grant.scope() : event.scope();
    }

    /// @param waiting whether rows stand behind the line that may not be crossed yet
    record Batch(List<Event> events, boolean waiting) {}

    Batch after(Tx tx, Position position, int limit) {
        var waiting = new boolean[1];
        var events = new ArrayList<Event>();
        tx.handle().createQuery(AFTER)
                .bind("xid", Long.toString(position.xid()))
                .bind("seq", position.seq())
                .bind("limit", limit)
                .map((rows, context) -> {
                    // The order makes all rows after the first unsettled one unsettled too.
                    waiting[0] |= !rows.getBoolean("settled");
                    return waiting[0] ? Optional.<Event>empty() : Optional.of(event(rows));
                })
                .forEach(event -> event.ifPresent(events::add));
        return new Batch(events, waiting[0]);
    }

    List<Event> between(Tx tx, Position after, Position until, EventFilter filter, int limit) {
        return tx.handle().createQuery(BETWEEN)
                .bind("xid", Long.toString(after.xid()))
                .bind("seq", after.seq())
                .bind("untilXid", Long.toString(until.xid()))
                .bind("untilSeq", until.seq())
                .bind("organization", filter.scope().organization())
                .bind("project", filter.scope().project())
                .bindMethods(filter)
                .bind("limit", limit)
                .map((rows, context) -> event(rows))
                .list();
    }

    List<Event> before(Tx tx, @Nullable Position before, EventFilter filter, int limit) {
        var from = before == null ? new Position(Long.MAX_VALUE, Long.MAX_VALUE) : before;
        return tx.handle().createQuery(BEFORE)
                .bind("xid", Long.toString(from.xid()))
                .bind("seq", from.seq())
                .bind("organization", filter.scope().organization())
                .bind("project", filter.scope().project())
                .bindMethods(filter)
                .bind("limit", limit)
                .map((rows, context) -> event(rows))
                .list();
    }

    Position end(Tx tx) {
        return tx.handle().createQuery(END).mapTo(Position.class).findOne().orElse(Position.BEGIN);
    }

    private static Event event(ResultSet rows) throws SQLException {
        return new Event(
                rows.getString("id"),
                new Position(rows.getLong("xid_number"), rows.getLong("seq")),
                rows.getTimestamp("time").toInstant(),
                rows.getString("type"),
                new Subject(rows.getString("subject_kind"), rows.getString("subject_id")),
                new Scope(rows.getString("organization"), rows.getString("project")),
                rows.getString("actor"),
                rows.getString("request_id"),
                rows.getString("run_id"),
                Json.tree(rows.getString("data")));
    }
}
