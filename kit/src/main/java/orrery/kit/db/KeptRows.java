package orrery.kit.db;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.mapper.RowMapper;

/// Rows of one database as they were read before, for tables that are read again and again: a
/// statement whose first columns are `xmin, ctid, id` gets what was made of the very same row.
///
/// PostgreSQL never changes a row: an update writes another. Which transaction wrote one and where
/// it stands tell it from all others of its table for as long as anything is kept here (PostgreSQL,
/// "System Columns"). So such a statement asks one table alone, and a record is of one such table.
/// A database that was set back gives numbers out again: even then nobody gets the row of another
/// thing, since the identifier counts too.
final class KeptRows {
    private static final List<String> VERSION = List.of("xmin", "ctid", "id");
    private static final int MOST = 2_000;
    private static final Duration UNUSED = Duration.ofSeconds(30);

    private final Cache<Key, Object> rows = Caffeine.newBuilder()
            .maximumSize(MOST).expireAfterAccess(UNUSED).build();

    private record Key(Class<?> type, String writer, String place, String id) {}

    /// Those of one table.
    Kind of(Class<?> type) {
        return new Kind(type);
    }

    final class Kind {
        private final Class<?> type;
        private final AtomicReference<List<String>> known = new AtomicReference<>();

        private Kind(Class<?> type) {
            this.type = type;
        }

        /// The mapper, or one that keeps what it makes when the columns tell versions.
        <T> RowMapper<T> in(List<String> columns, RowMapper<T> mapper) {
            if (columns.size() < VERSION.size()
                    || !columns.subList(0, VERSION.size()).equals(VERSION)) {
                return mapper;
            }
            var own = columns.stream().filter(it -> !it.startsWith("sort_")).toList();
            if (!known.compareAndSet(null, own) && !own.equals(known.get())) {
                throw new IllegalStateException(type + " is kept with " + known.get()
                        + " and asked for with " + own);
            }
            return (row, context) -> {
                var key = new Key(
                        type, row.getString(1), row.getString(2), row.getString(3));
                @SuppressWarnings("unchecked")
                var found = (T) rows.getIfPresent(key);
                if (found == null) {
                    found = mapper.map(row, context);
                    rows.put(key, found);
                }
                return found;
            };
        }
    }
}
