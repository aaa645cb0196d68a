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

    /// As [#find], and nobody else changes it until the transaction ends.
    Optional<Region> lock(Tx tx, String code) {
        return tx.handle().createQuery("""
                select code, display_name, state, state_reason, zones, features, host,
                  connection, version, created_at, updated_at
                from region
                where code = :code
                for update
                """).bind("code", code).mapTo(Region.class).findOne();
    }

    Optional<byte[]> sealed(Tx tx, String code) {
        return tx.handle().createQuery("""
                select sealed_kubeconfig
                from region
                where code = :code
                """).bind("code", code).mapTo(byte[].class).findOne();
    }

    /// Whether the code was free.
    boolean insert(Tx tx, NewRegion region, String host, byte[] sealed, Instant now) {
        return tx.handle().createUpdate("""
                insert into region (code, display_name, state, zones, features, host,
                  sealed_kubeconfig, created_at, updated_at)
                values (:code, :displayName, 'active', :zones, :features, :host, :sealed,
                  :now, :now)
                on conflict (code) do nothing
                """)
                .bind("code", region.code())
                .bind("displayName", region.displayName())
                .bind("zones", Json.of(region.zones()))
                .bind("features", Json.of(region.features()))
                .bind("host", host)
                .bind("sealed", sealed)
                .bind("now", now)
                .execute() == 1;
    }

    /// Takes over a changed kubeconfig.
    void connect(Tx tx, String code, String host, byte[] sealed, Instant now) {
        tx.handle().createUpdate("""
                update region
                set host = :host, sealed_kubeconfig = :sealed, connection = connection + 1,
                  version = version + 1, updated_at = :now
                where code = :code
                """)
                .bind("code", code)
                .bind("host", host)
                .bind("sealed", sealed)
                .bind("now", now)
                .execute();
    }

    /// @param state `null` to stay
    void change(Tx tx, String code, String displayName, List<String> zones,
            Region.@Nullable State state, Instant now) {
        tx.handle().createUpdate("""
                update region
                set display_name = :displayName, zones = :zones,
                  state = coalesce(lower(:state), state),
                  state_reason = case when :state is null then state_reason end,
                  version = version + 1, updated_at = :now
                where code = :code
                """)
                .bind("code", code)
                .bind("displayName", displayName)
                .bind("zones", Json.of(zones))
                .bind("state", state == null ? null : state.name())
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
                  and state in ('active', 'degraded')
                  and (state <> lower(:state) or state_reason is distinct from :reason)
                """)
                .bind("code", code)
                .bind("state", state.name())
                .bind("reason", reason)
                .bind("now", now)
                .execute() == 1;
    }
}
