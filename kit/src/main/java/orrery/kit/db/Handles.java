package orrery.kit.db;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.generic.GenericTypes;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.RowMapperFactory;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jspecify.annotations.Nullable;

/// Jdbi on connections that we have already. Jdbi opens its own by calling a factory, so the
/// factory hands out the one that this thread has just put there.
final class Handles {
    private final KeptRows kept = new KeptRows();
    /// Jdbi would ask for them anew with every statement.
    private final ClassValue<RowMapper<?>> mappers = new ClassValue<>() {
        @Override
        protected RowMapper<?> computeValue(Class<?> rows) {
            return mapper(rows);
        }
    };

    private final ThreadLocal<@Nullable Connection> next = new ThreadLocal<>();
    private final Jdbi jdbi = Jdbi.create(next::get)
            .installPlugin(new PostgresPlugin())
            .installPlugin(new JsonColumns())
            .registerRowMapper((RowMapperFactory) this::records);

    Handle on(Connection connection) {
        next.set(connection);
        try {
            return jdbi.open();
        } finally {
            next.remove();
        }
    }

    /// Records need no registration: a column goes to the component of its name. Most are
    /// package-private, as everything is by default, and are opened for that.
    private Optional<RowMapper<?>> records(Type type, ConfigRegistry config) {
        var rows = GenericTypes.getErasedType(type);
        return rows.isRecord() ? Optional.of(mappers.get(rows)) : Optional.empty();
    }

    private RowMapper<?> mapper(Class<?> rows) {
        var types = Arrays.stream(rows.getRecordComponents())
                .map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            var constructor = rows.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return new Remembering<>(kept.of(rows), ConstructorMapper.of(constructor));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every record has a canonical constructor", e);
        }
    }

    /// Remembers which columns go to which components: Jdbi would find it out with every
    /// statement, which costs more than most of them.
    private static final class Remembering<T> implements RowMapper<T> {
        /// Statements are texts of ours: there are a few for each record.
        private static final int MOST = 100;

        private final KeptRows.Kind kept;
        private final RowMapper<T> mapper;
        private final Map<List<String>, RowMapper<T>> known = new ConcurrentHashMap<>();

        Remembering(KeptRows.Kind kept, RowMapper<T> mapper) {
            this.kept = kept;
            this.mapper = mapper;
        }

        @Override
        public T map(ResultSet rows, StatementContext context) throws SQLException {
            return mapper.map(rows, context);
        }

        @Override
        public RowMapper<T> specialize(ResultSet rows, StatementContext context)
                throws SQLException {
            var columns = columns(rows);
            var found = known.get(columns);
            if (found == null) {
                found = kept.in(columns, mapper.specialize(rows, context));
                if (known.size() < MOST) {
                    known.put(columns, found);
                }
            }
            return found;
        }

        private static List<String> columns(ResultSet rows) throws SQLException {
            var about = rows.getMetaData();
            var columns = new String[about.getColumnCount()];
            for (int i = 0; i < columns.length; i++) {
                columns[i] = about.getColumnLabel(i + 1);
            }
            return List.of(columns);
        }
    }
}
