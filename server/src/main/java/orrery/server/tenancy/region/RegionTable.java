package orrery.server.tenancy.region;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import org.jspecify.annotations.Nullable;

/// The SQL of table `region`.
final class RegionTable {

    List<Region> list(Tx tx) {
        return tx.handle().createQuery("""
                select code, display_name, state, state_reason, zones, features, host,
                  connection, version, created_at, updated_at
                from region
                order by code
                """).mapTo(Region.class).list();
    }

    Optional<Region> find(Tx tx, String code) {
        return tx.handle().createQuery("""
                select code, display_name, state, state_reason, zones, features, host,
                  connection, version, created_at, updated_at
                from region
                where code = :code
                """).bind("code", code).mapTo(Region.class).findOne();
    }

    Optional<byte[]> sealed(Tx tx, String code) {
        return tx.handle().createQuery("""
                select sealed_kubeconfig
                from region
                where code = :code
                """).bind("code", code).mapTo(byte[].class).findOne();
    }

    /// Registers, or takes over a changed kubeconfig.
    void put(Tx tx, NewRegion region, String host, byte[] sealed, Instant now) {
        tx.handle().createUpdate("""
                insert into region (code, display_name, state, zones, features, host,
                  sealed_kubeconfig, created_at, updated_at)
                values (:code, :displayName, 'active', '[]', :features, :host, :sealed,
                  :now, :now)
                on conflict (code) do update
                set display_name = excluded.display_name,
                  features = excluded.features,
                  host = excluded.host,
                  sealed_kubeconfig = excluded.sealed_kubeconfig,
                  connection = region.connection + 1,
                  version = region.version + 1,
                  updated_at = excluded.updated_at
                """)
                .bind("code", region.code())
                .bind("displayName", region.displayName())
                .bind("features", Json.of(region.features()))
                .bind("host", host)
                .bind("sealed", sealed)
                .bind("now", now)
                .execute();
    }

    /// @return whether that was news
    boolean mark(Tx tx, String code, Region.State state, @Nullable String reason, Instant now) {
        return tx.handle().createUpdate("""
                update region
                set state = lower(:state), state_reason = :reason, version = version + 1,
                  updated_at = :now
                where code = :code
                  and state <> 'disabled'
                  and (state <> lower(:state) or state_reason is distinct from :reason)
                """)
                .bind("code", code)
                .bind("state", state.name())
                .bind("reason", reason)
                .bind("now", now)
                .execute() == 1;
    }
}
