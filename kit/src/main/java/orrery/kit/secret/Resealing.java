package orrery.kit.secret;

import java.util.List;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;

/// Keeps the sealed columns and the key file together: the check at the start, and sealing anew
/// after a rotation.
public final class Resealing {
    private static final SealedColumn CHECK =
            new SealedColumn("sealing_check", "name", "sealed");
    private static final int BATCH = 200;

    private final Database database;
    private final Sealing sealing;

    public Resealing(Database database, Sealing sealing) {
        this.database = database;
        this.sealing = sealing;
    }

    /// Stops the start when these keys are not the ones that this database was sealed with. The
    /// first start leaves the value that later ones try to open.
    ///
    /// @throws IllegalStateException when the key does not fit; the message says what to do
    public void check(Grant grant) {
        var place = CHECK.at("check");
        database.write(grant, tx -> {
            tx.handle().createUpdate("""
                    insert into sealing_check (name, sealed) values ('check', :sealed)
                    on conflict (name) do nothing
                    """).bind("sealed", sealing.seal("orrery", place)).execute();
            var sealed = tx.handle().createQuery(
                    "select sealed from sealing_check where name = 'check'")
                    .mapTo(byte[].class).one();
            try {
                sealing.open(sealed, place);
            } catch (IllegalStateException e) {
                throw new IllegalStateException("the sealing keys do not open this database's"
                        + " secrets: set ORRERY_SEALING_KEY_FILE to the key file that was used"
                        + " with it before", e);
            }
        });
    }

    /// Seals everything with the newest key that is still sealed with an older one. Safe while
    /// servers run, and safe to repeat.
    ///
    /// @param columns all that hold sealed text
    /// @return how many were sealed anew
    public int all(Grant grant, List<SealedColumn> columns) {
        int count = 0;
        for (var column : columns) {
            count += column(grant, column);
        }
        return count + column(grant, CHECK);
    }

    /// Whether a key was added since everything was last sealed anew.
    public boolean isDue(Grant grant) {
        return database.read(grant, tx -> !sealing.isCurrent(tx.handle()
                .createQuery("select sealed from sealing_check where name = 'check'")
                .mapTo(byte[].class).one()));
    }

    private record Row(String key, byte[] sealed) {}

    private record Progress(String last, int rows, int changed) {}

    private int column(Grant grant, SealedColumn column) {
        var select = """
                select %1$s as key, %2$s as sealed from %3$s
                where %2$s is not null and %1$s > :last
                order by %1$s limit :limit for update
                """.formatted(column.key(), column.column(), column.table());
        var update = "update %s set %s = :sealed where %s = :key".formatted(
                column.table(), column.column(), column.key());
        int changed = 0;
        var progress = new Progress("", BATCH, 0);
        while (progress.rows() == BATCH) {
            var last = progress.last();
            progress = database.tx(grant, tx -> {
                var rows = tx.handle().createQuery(select)
                        .bind("last", last).bind("limit", BATCH)
                        .map((set, context) ->
                                new Row(set.getString("key"), set.getBytes("sealed")))
                        .list();
                int anew = 0;
                for (var row : rows) {
                    if (!sealing.isCurrent(row.sealed())) {
                        var place = column.at(row.key());
                        tx.handle().createUpdate(update)
                                .bind("sealed", sealing.seal(
                                        sealing.open(row.sealed(), place), place))
                                .bind("key", row.key()).execute();
                        anew++;
                    }
                }
                return new Progress(
                        rows.isEmpty() ? last : rows.getLast().key(), rows.size(), anew);
            });
            changed += progress.changed();
        }
        return changed;
    }
}
