package orrery.server.infrastructure.machine;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.http.EventStream;
import orrery.kit.http.EventStream.Sent;
import org.jspecify.annotations.Nullable;

/// A server's log as a stream of events, `line` by line as they are written, until the server is
/// decommissioned (`end`).
final class FollowedLog implements EventStream.Source {
    private static final int MOST = 500;
    private static final Duration LOOK = Duration.ofSeconds(1);
    /// An entry is there when its transaction is over: one with an earlier time may come later.
    private static final Duration OVERLAP = Duration.ofSeconds(5);
    private static final Pattern PLACE = Pattern.compile("(\\d{1,10})-(\\d{1,9})");

    private final LogTable log = new LogTable();
    private final MachineTable machines = new MachineTable();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Database database;
    private final Grant grant;
    private final String machine;
    private final @Nullable Instant after;
    private final int lines;
    /// Times of what was sent, as far as it may be read again, by identifier.
    private final Map<String, Instant> sent = new HashMap<>();
    private @Nullable Instant last;

    /// @param after time of the entry to go on after; `null` to begin with the last ones
    /// @param lines with how many to begin
    FollowedLog(Database database, Grant grant, String machine, @Nullable Instant after,
            int lines) {
        this.database = database;
        this.grant = grant;
        this.machine = machine;
        this.after = after;
        this.lines = lines;
        this.last = after;
    }

    /// @param token `null` for none
    /// @throws Problem.Failure [Problem.BadQuery] when it is no identifier of an event of ours
    static @Nullable Instant place(@Nullable String token) {
        if (token == null) {
            return null;
        }
        var parts = PLACE.matcher(token);
        if (!parts.matches()) {
            throw new Problem.BadQuery(Problem.BadQuery.Part.PAGE_TOKEN,
                    "is not a place in this log", List.of()).raise();
        }
        return Instant.ofEpochSecond(
                Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)));
    }

    @Override
    public List<Sent> next(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            // Asked first: what is written then is all that will be.
            boolean isOver = isDecommissioned();
            var news = news();
            if (!news.isEmpty()) {
                return news;
            }
            if (isOver) {
                return List.of(Sent.snapshot("end",
                        new MachineLogsApi.End("The server is decommissioned.")).andEnd());
            }
            if (System.nanoTime() >= end
                    || closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                return List.of();
            }
        }
    }

    private List<Sent> news() {
        var from = last;
        var read = database.read(grant, tx -> from == null
                ? log.newest(tx, machine, lines)
                : log.since(tx, machine, from.minus(OVERLAP), MOST));
        var news = read.stream()
                .filter(it -> after == null || it.createdAt().isAfter(after))
                .filter(it -> !sent.containsKey(it.id())).toList();
        for (var entry : news) {
            sent.put(entry.id(), entry.createdAt());
            last = last == null || entry.createdAt().isAfter(last) ? entry.createdAt() : last;
        }
        var known = last;
        if (known != null) {
            sent.values().removeIf(time -> time.isBefore(known.minus(OVERLAP)));
        }
        return news.stream().map(FollowedLog::sent).toList();
    }

    private static Sent sent(LogEntry entry) {
        var at = entry.createdAt();
        return new Sent(at.getEpochSecond() + "-" + at.getNano(), "line",
                MachineLogsApi.Entry.of(entry), false);
    }

    private boolean isDecommissioned() {
        return database.read(grant, tx -> machines.rows.byId(tx, machine))
                .filter(it -> it.deletedAt() == null).isEmpty();
    }

    @Override
    public boolean isOver() {
        return closed.getCount() == 0;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
