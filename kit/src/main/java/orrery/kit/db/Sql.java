package orrery.kit.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A statement and its arguments, for the few that run thousands of times a second; everything
/// else uses Jdbi.
public final class Sql {
    private final String text;
    private final List<@Nullable Object> arguments = new ArrayList<>(32);
    private @Nullable Reader<?> reader;

    public Sql(String text) {
        this.text = text;
    }

    public Sql with(@Nullable Object... values) {
        for (var value : values) {
            arguments.add(value instanceof Instant instant
                    ? OffsetDateTime.ofInstant(instant, ZoneOffset.UTC) : value);
        }
        return this;
    }

    /// Who reads the rows that it returns when it runs with others.
    public Sql reading(Reader<?> rows) {
        reader = rows;
        return this;
    }

    @FunctionalInterface
    public interface Reader<T> {
        T read(ResultSet rows) throws SQLException;
    }

    /// Runs it and reads all rows.
    public <T> List<T> rows(Connection connection, Reader<T> reader) throws SQLException {
        try (var statement = prepare(connection); var rows = statement.executeQuery()) {
            var all = new ArrayList<T>();
            while (rows.next()) {
                all.add(reader.read(rows));
            }
            return all;
        }
    }

    /// Runs it and reads its only row.
    public <T> T row(Connection connection, Reader<T> reader) throws SQLException {
        try (var statement = prepare(connection); var rows = statement.executeQuery()) {
            rows.next();
            return reader.read(rows);
        }
    }

    public int update(Connection connection) throws SQLException {
        try (var statement = prepare(connection)) {
            return statement.executeUpdate();
        }
    }

    private PreparedStatement prepare(Connection connection) throws SQLException {
        var statement = connection.prepareStatement(text);
        bind(statement, 1);
        return statement;
    }

    private int bind(PreparedStatement statement, int first) throws SQLException {
        int at = first;
        for (var argument : arguments) {
            statement.setObject(at++, argument);
        }
        return at;
    }

    /// Runs several in one exchange with the database, in this order. The first that fails ends it:
    /// nothing behind it happens.
    ///
    /// @param last one more, without arguments: `; commit`
    static void run(Connection connection, List<Sql> all, String last) throws SQLException {
        var text = all.stream().map(each -> each.text).collect(Collectors.joining("; "));
        try (var statement = connection.prepareStatement(text + last)) {
            int at = 1;
            for (var each : all) {
                at = each.bind(statement, at);
            }
            statement.execute();
            for (var each : all) {
                each.read(statement);
                statement.getMoreResults();
            }
        }
    }

    private void read(PreparedStatement statement) throws SQLException {
        if (reader != null) {
            try (var rows = statement.getResultSet()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        }
    }
}
