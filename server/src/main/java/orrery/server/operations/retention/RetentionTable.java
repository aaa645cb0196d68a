package orrery.server.operations.retention;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import orrery.kit.db.Tx;

/// The SQL that takes deleted rows out of all tables that keep them.
final class RetentionTable {
    private static final String ALL = """
            select table_name
            from information_schema.columns
            where table_schema = 'public' and column_name = 'deleted_at'
            order by table_name""";

    /// Names of the tables whose rows are marked as deleted.
    List<String> all(Tx tx) {
        return tx.handle().createQuery(ALL).mapTo(String.class).list();
    }

    private static final String POINTING = """
            select conrelid::regclass::text as source, attname as by
            from pg_constraint
            join pg_attribute on attrelid = conrelid and attnum = conkey[1]
            where contype = 'f' and confrelid = :table::regclass and confdeltype <> 'c'""";

    /// A column that points at the rows of a table, and keeps them.
    record Pointer(String source, String by) {
        String isNone(String table) {
            return "not exists (select from " + source + " as pointing where pointing." + by
                    + " = " + table + ".id)";
        }
    }

    /// Takes out rows that nothing points at.
    ///
    /// @return how many there were
    int forget(Tx tx, String table, Instant before, int most) {
        var free = tx.handle().createQuery(POINTING).bind("table", table)
                .mapTo(Pointer.class).list().stream()
                .map(pointer -> "\nand " + pointer.isNone(table)).collect(Collectors.joining());
        return tx.handle().createUpdate("delete from " + table + " where id in (select id from "
                        + table + " where deleted_at < :before" + free + " limit :most)")
                .bind("before", before)
                .bind("most", most)
                .execute();
    }
}
