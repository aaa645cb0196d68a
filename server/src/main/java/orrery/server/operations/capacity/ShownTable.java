package orrery.server.operations.capacity;

import java.util.Collection;
import java.util.List;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import org.jspecify.annotations.Nullable;

/// The SQL of table `capacity_shown`.
final class ShownTable {
    private static final String NOTE = """
            insert into capacity_shown (operators, region, kind, zone, code, shown, changed)
            values (:operators, :region, :kind, :zone, :code, :shown, :watermark)
            on conflict (operators, region, kind, zone, code) do update
            set shown = excluded.shown, changed = excluded.changed
            where capacity_shown.shown is distinct from excluded.shown""";

    /// The next watermark. Whoever else asks for one waits until the transaction ends, so that
    /// nothing changes at a lower one than somebody was told.
    long next(Tx tx) {
        tx.handle().execute("lock table capacity_shown in exclusive mode");
        return tx.handle().createQuery("select nextval('capacity_watermark')")
                .mapTo(long.class).one();
    }

    /// Notes what is shown from this watermark on, where it is something else than before.
    ///
    /// @param shown records, in the order of their keys
    void note(Tx tx, boolean operators, List<Capacity.Key> keys, List<?> shown, long watermark) {
        var batch = tx.handle().prepareBatch(NOTE);
        for (int i = 0; i < keys.size(); i++) {
            batch.bindMethods(keys.get(i)).bind("operators", operators)
                    .bind("shown", Json.of(shown.get(i))).bind("watermark", watermark).add();
        }
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    /// Notes that others than these are gone.
    ///
    /// @param region `null` for all
    void keep(Tx tx, boolean operators, @Nullable String region, Collection<Capacity.Key> keys,
            long watermark) {
        tx.handle().createUpdate("""
                update capacity_shown
                set shown = null, changed = :watermark
                where operators = :operators
                  and (:region::text is null or region = :region)
                  and shown is not null
                  and concat_ws('/', kind, region, zone, code) <> all (:kept)
                """)
                .bind("watermark", watermark).bind("operators", operators).bind("region", region)
                .bindArray("kept", String.class, keys.stream().map(it -> String.join(
                        "/", it.kind(), it.region(), it.zone(), it.code())).toList())
                .execute();
    }

    /// What changed since a watermark.
    record Changed(String kind, String region, String zone, String code, boolean isGone) {
        Capacity.Key key() {
            return new Capacity.Key(kind, region, zone, code);
        }
    }

    /// @param region `null` for all
    List<Changed> since(Tx tx, boolean operators, @Nullable String region, long watermark) {
        return tx.handle().createQuery("""
                select kind, region, zone, code, shown is null as is_gone
                from capacity_shown
                where operators = :operators
                  and (:region::text is null or region = :region)
                  and changed > :watermark
                order by kind, region, zone, code
                """)
                .bind("operators", operators).bind("region", region).bind("watermark", watermark)
                .mapTo(Changed.class).list();
    }
}
