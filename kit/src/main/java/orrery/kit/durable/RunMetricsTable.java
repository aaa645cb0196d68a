package orrery.kit.durable;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import org.jspecify.annotations.Nullable;

/// The SQL that counts rows of table `run`.
final class RunMetricsTable {
    /// The newest so many are counted: about a second's work.
    static final int MOST = 100_000;

    private static final String COUNT = """
            with counted as (
              select saga, status, created_at,
                extract(epoch from finished_at - started_at) * 1000 as millis
              from run
              where created_at >= :since
                and (cardinality(:types) = 0 or saga = any(:types))
                and (%s)
              order by created_at desc
              limit :most
            )
            select saga, status, count(*) as runs, min(created_at) as first,
              percentile_disc(array[0.5, 0.9, 0.99]) within group (order by millis)
                filter (where status = 'completed') as parts,
              max(millis) filter (where status = 'completed') as longest
            from counted
            group by grouping sets ((saga, status), (saga))
            """;

    private static final String WITHIN =
            "organization = any(:organizations) or project = any(:projects)";

    /// @param status `null` for all of a type together
    private record Row(String saga, @Nullable Status status, long runs, Instant first,
            RunMetrics.@Nullable Durations durations) {}

    /// @param places of which none lies within another
    /// @param types of runs; empty for all
    RunMetrics count(Tx tx, Collection<Scope> places, Collection<String> types, Instant since,
            int most) {
        boolean everywhere = places.contains(Scope.PLATFORM);
        var query = tx.handle().createQuery(COUNT.formatted(everywhere ? "true" : WITHIN))
                .bind("since", since).bindArray("types", String.class, types).bind("most", most);
        if (!everywhere) {
            query.bindArray("organizations", String.class, places.stream()
                            .filter(it -> it.project() == null).map(Scope::organization).toList())
                    .bindArray("projects", String.class, places.stream()
                            .map(Scope::project).filter(Objects::nonNull).toList());
        }
        var rows = query.map((row, context) -> row(row)).list();
        long runs = rows.stream().filter(row -> row.status() == null).mapToLong(Row::runs).sum();
        var first = rows.stream().map(Row::first).min(Instant::compareTo).orElse(since);
        return new RunMetrics(runs < most ? since : first, types(rows));
    }

    private static List<RunMetrics.OfType> types(List<Row> rows) {
        var all = new TreeMap<String, Map<Status, Long>>();
        for (var row : rows) {
            if (row.status() != null) {
                all.computeIfAbsent(row.saga(), _ -> new EnumMap<>(Status.class))
                        .put(row.status(), row.runs());
            }
        }
        var types = new ArrayList<RunMetrics.OfType>();
        for (var row : rows) {
            if (row.status() == null) {
                var statuses = all.get(row.saga());
                Arrays.stream(Status.values()).forEach(it -> statuses.putIfAbsent(it, 0L));
                types.add(new RunMetrics.OfType(
                        row.saga(), row.runs(), statuses, row.durations()));
            }
        }
        types.sort((one, other) -> one.type().compareTo(other.type()));
        return types;
    }

    private static Row row(ResultSet row) throws SQLException {
        var status = row.getString("status");
        var parts = row.getArray("parts");
        return new Row(row.getString("saga"), status == null ? null : Status.parse(status),
                row.getLong("runs"), row.getTimestamp("first").toInstant(),
                parts == null ? null
                        : durations((Number[]) parts.getArray(), row.getDouble("longest")));
    }

    private static RunMetrics.Durations durations(Number[] parts, double longest) {
        return new RunMetrics.Durations(millis(parts[0]), millis(parts[1]), millis(parts[2]),
                millis(longest));
    }

    private static Duration millis(Number value) {
        return Duration.ofMillis(Math.round(value.doubleValue()));
    }
}
