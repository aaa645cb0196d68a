package orrery.sim.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Reads of a region's file while the [Journal] writes it: each sees all that was committed before
/// it began.
final class Shelf implements AutoCloseable {
    private final Connection connection;

    /// One row of the object table.
    record Row(String type, String namespace, String name, long version, byte[] json) {}

    /// @param rest see [Journal#rest]; null for a cluster that was not at rest
    record Stored(int id, String name, long version, Long rest) {}

    /// Opens a file that the journal made.
    Shelf(Path file) {
        try {
            connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot read the store " + file, e);
        }
    }

    synchronized List<Stored> clusters() {
        return rows("select id, name, version, rest from cluster order by id", select -> { },
                row -> new Stored(row.getInt(1), row.getString(2), row.getLong(3),
                        row.getObject(4) == null ? null : row.getLong(4)));
    }

    synchronized List<Row> objects(int cluster) {
        return rows("select type, namespace, name, version, json from object where cluster = ?",
                select -> select.setInt(1, cluster),
                row -> new Row(row.getString(1), row.getString(2), row.getString(3),
                        row.getLong(4), row.getBytes(5)));
    }

    /// The clusters that hold an object of a type whose JSON contains a text.
    ///
    /// @param text empty for any object
    synchronized List<Integer> holding(String type, String text) {
        // One look into the primary key for each cluster: the types stand together there.
        return rows("""
                select id from cluster
                where exists (select 1 from object
                              where cluster = id and type = ? and instr(json, ?) > 0)""",
                select -> {
                    select.setString(1, type);
                    select.setBytes(2, text.getBytes(StandardCharsets.UTF_8));
                },
                row -> row.getInt(1));
    }

    private interface Given {
        void to(PreparedStatement select) throws SQLException;
    }

    private interface Made<T> {
        T from(ResultSet row) throws SQLException;
    }

    private <T> List<T> rows(String sql, Given given, Made<T> made) {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            given.to(select);
            List<T> all = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    all.add(made.from(row));
                }
            }
            return all;
        } catch (SQLException e) {
            throw new IllegalStateException("cannot read the store", e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("cannot close the store", e);
        }
    }
}
