package orrery.server.infrastructure.machine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;

/// The SQL of table `machine_log`.
final class LogTable {
    private static final Duration KEPT = Duration.ofDays(30);
    private static final int LONGEST = 1_000;

    private static final Listing<LogEntry> LIST = Listing.of(LogEntry.class, "entries",
            "id, severity, message, created_at", """
            machine_log
            where machine_id = :machine
              and created_at >= :start::timestamptz
              and created_at < :end::timestamptz""")
            .oneOf("severity", LogEntry.Severity.class).searching("message");

    /// Adds an entry, unless the last one says the same, and drops what is too old.
    void add(Tx tx, String machine, LogEntry entry) {
        tx.handle().createUpdate("""
                insert into machine_log (id, machine_id, severity, message, created_at)
                select :id, :machine, lower(:severity), :message, :now
                where :message is distinct from (
                  select message
                  from machine_log
                  where machine_id = :machine
                  order by created_at desc, id
                  limit 1)
                """)
                .bind("id", entry.id())
                .bind("machine", machine)
                .bind("severity", entry.severity().name())
                .bind("message", entry.message().length() <= LONGEST ? entry.message()
                        : entry.message().substring(0, LONGEST))
                .bind("now", entry.createdAt())
                .execute();
        tx.handle().createUpdate("""
                delete from machine_log
                where machine_id = :machine
                  and created_at < :before
                """)
                .bind("machine", machine)
                .bind("before", entry.createdAt().minus(KEPT))
                .execute();
    }

    /// From a moment on, the oldest first.
    List<LogEntry> since(Tx tx, String machine, Instant from, int limit) {
        return tx.handle().createQuery("""
                select id, severity, message, created_at
                from machine_log
                where machine_id = :machine
                  and created_at >= :from
                order by created_at, id
                limit :limit
                """)
                .bind("machine", machine)
                .bind("from", from)
                .bind("limit", limit)
                .mapTo(LogEntry.class).list();
    }

    /// The newest, the oldest of them first.
    List<LogEntry> newest(Tx tx, String machine, int limit) {
        return tx.handle().createQuery("""
                select id, severity, message, created_at
                from machine_log
                where machine_id = :machine
                order by created_at desc, id
                limit :limit
                """)
                .bind("machine", machine)
                .bind("limit", limit)
                .mapTo(LogEntry.class).list().reversed();
    }

    Page<LogEntry> list(Tx tx, Paging paging, PageAsk ask, String machine, Instant start,
            Instant end) {
        return LIST.page(tx, paging, ask, Map.of(
                "machine", machine, "start", start.toString(), "end", end.toString()));
    }
}
