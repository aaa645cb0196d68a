package orrery.kit.durable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A statement and its arguments, for the engine's few statements that run thousands of times a
/// second; everything else uses Jdbi.
final class Sql {
    private final String text;
    private final List<@Nullable Object> arguments = new ArrayList<>(32);

    Sql(String text) {
        this.text = text;
    }

    Sql with(@Nullable Object... values) {
        for (var value : values) {
            arguments.add(value instanceof Instant instant
                    ? OffsetDateTime.ofInstant(instant, ZoneOffset.UTC) : value);
        }
        return this;
    }

    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet rows) throws SQLException;
    }

    /// Runs it and reads all rows.
    <T> List<T> rows(Connection connection, Reader<T> reader) throws SQLException {
        try (var statement = prepare(connection); var rows = statement.executeQuery()) {
            var all = new ArrayList<T>();
            while (rows.next()) {
                all.add(reader.read(rows));
            }
            return all;
        }
    }

    /// Runs it and reads its only row.
    <T> T row(Connection connection, Reader<T> reader) throws SQLException {
        try (var statement = prepare(connection); var rows = statement.executeQuery()) {
            rows.next();
            return reader.read(rows);
        }
    }

    /// Runs several statements in one exchange. What they return is not read.
    void execute(Connection connection) throws SQLException {
        try (var statement = prepare(connection)) {
            statement.execute();
        }
    }

    int update(Connection connection) throws SQLException {
        try (var statement = prepare(connection)) {
            return statement.executeUpdate();
        }
    }

    private PreparedStatement prepare(Connection connection) throws SQLException {
        var statement = connection.prepareStatement(text);
        for (int i = 0; i < arguments.size(); i++) {
            statement.setObject(i + 1, arguments.get(i));
        }
        return statement;
    }
}
