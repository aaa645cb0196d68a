package orrery.kit.secret;

/// A column of type `bytea` that holds sealed text.
///
/// @param key an SQL expression that names one row: `id`, or `run_id || '/' || name`
public record SealedColumn(String table, String key, String column) {
    /// What a sealed text in this row is bound to: moved to another row, it does not open.
    public String at(String row) {
        return table + "." + column + "/" + row;
    }
}
