package orrery.server.platform.catalogue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/// The SQL of table `gpu_type`.
final class GpuTypeTable {
    private static final String COLUMNS = """
            id, region, code, display_name, vendor, memory_gb, device_name, state, version,
              created_at, updated_at""";

    private static final Listing<GpuType> LIST = Listing.of(
            GpuType.class, "GPU types", COLUMNS, """
            gpu_type
            where region = :region""")
            .time("updatedAt").text("code", "displayName", "vendor")
            .oneOf("state", OfferState.class).searching("code", "displayName");

    private static final String FIND = "select " + COLUMNS + """

            from gpu_type
            where region = :region
              and code = :code""";

    Page<GpuType> list(Tx tx, Paging paging, PageAsk ask, String region) {
        return LIST.page(tx, paging, ask, Map.of("region", region));
    }

    Optional<GpuType> find(Tx tx, String region, String code) {
        return tx.handle().createQuery(FIND).bind("region", region).bind("code", code)
                .mapTo(GpuType.class).findOne();
    }

    /// @param region `null` for all
    List<GpuType> all(Tx tx, @Nullable String region) {
        return tx.handle().createQuery("select " + COLUMNS + """

                from gpu_type
                where :region::text is null or region = :region
                order by region, code
                """).bind("region", region).mapTo(GpuType.class).list();
    }

    /// As [#find], and nobody else changes it until the transaction ends.
    Optional<GpuType> lock(Tx tx, String region, String code) {
        return tx.handle().createQuery(FIND + " for update")
                .bind("region", region).bind("code", code)
                .mapTo(GpuType.class).findOne();
    }

    private static final String INSERT = """
            insert into gpu_type (region, code, display_name, vendor, memory_gb, device_name,
              state, created_at, updated_at)
            values (:region, :code, :displayName, :vendor, :memoryGb, :deviceName,
              lower(:state), :now, :now)
            on conflict (id) do nothing""";

    /// Whether the code was free.
    boolean insert(Tx tx, String region, GpuType.Description it, Instant now) {
        return bound(tx.handle().createUpdate(INSERT), region, it, now).execute() == 1;
    }

    private static final String UPDATE = """
            update gpu_type
            set display_name = :displayName, vendor = :vendor, memory_gb = :memoryGb,
              device_name = :deviceName, state = lower(:state), version = version + 1,
              updated_at = :now
            where region = :region
              and code = :code""";

    void update(Tx tx, String region, GpuType.Description it, Instant now) {
        bound(tx.handle().createUpdate(UPDATE), region, it, now).execute();
    }

    private static <S extends SqlStatement<S>> S bound(S statement, String region,
            GpuType.Description it, Instant now) {
        return statement.bind("region", region).bind("code", it.code())
                .bind("displayName", it.displayName())
                .bind("vendor", it.vendor())
                .bind("memoryGb", it.memoryGb())
                .bind("deviceName", it.deviceName())
                .bind("state", it.state().name()).bind("now", now);
    }

    void delete(Tx tx, String region, String code) {
        tx.handle().createUpdate("""
                delete from gpu_type
                where region = :region
                  and code = :code
                """).bind("region", region).bind("code", code).execute();
    }
}
