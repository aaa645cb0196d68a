package orrery.server.platform.catalogue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/// The SQL of table `instance_type`.
final class InstanceTypeTable {
    private static final String COLUMNS = """
            id, region, code, display_name, kind, cpu_cores, ram_gb, gpu_type, gpu_count,
              disk_gb, zones, state, version, created_at, updated_at""";

    private static final Listing<InstanceType> LIST = Listing.of(
            InstanceType.class, "instance types", COLUMNS, """
            instance_type
            where region = :region
              and zones @> jsonb_build_array(:zone::text)""")
            .time("updatedAt").text("code", "displayName", "kind")
            .oneOf("state", OfferState.class).searching("code", "displayName");

    private static final String FIND = "select " + COLUMNS + """

            from instance_type
            where region = :region
              and code = :code""";

    Page<InstanceType> list(Tx tx, Paging paging, PageAsk ask, String region, String zone) {
        return LIST.page(tx, paging, ask, Map.of("region", region, "zone", zone));
    }

    Optional<InstanceType> find(Tx tx, String region, String code) {
        return tx.handle().createQuery(FIND).bind("region", region).bind("code", code)
                .mapTo(InstanceType.class).findOne();
    }

    /// @param region `null` for all
    List<InstanceType> all(Tx tx, @Nullable String region) {
        return tx.handle().createQuery("select " + COLUMNS + """

                from instance_type
                where :region::text is null or region = :region
                order by region, code
                """).bind("region", region).mapTo(InstanceType.class).list();
    }

    /// As [#find], and nobody else changes it until the transaction ends.
    Optional<InstanceType> lock(Tx tx, String region, String code) {
        return tx.handle().createQuery(FIND + " for update")
                .bind("region", region).bind("code", code)
                .mapTo(InstanceType.class).findOne();
    }

    private static final String INSERT = """
            insert into instance_type (region, code, display_name, kind, cpu_cores, ram_gb,
              gpu_type, gpu_count, disk_gb, zones, state, created_at, updated_at)
            values (:region, :code, :displayName, :kind, :cpuCores, :ramGb, :gpuType, :gpuCount,
              :diskGb, :zones, lower(:state), :now, :now)
            on conflict (id) do nothing""";

    /// Whether the code was free.
    boolean insert(Tx tx, String region, InstanceType.Description it, Instant now) {
        return bound(tx.handle().createUpdate(INSERT), region, it, now).execute() == 1;
    }

    private static final String UPDATE = """
            update instance_type
            set display_name = :displayName, kind = :kind, cpu_cores = :cpuCores,
              ram_gb = :ramGb, gpu_type = :gpuType, gpu_count = :gpuCount, disk_gb = :diskGb,
              zones = :zones, state = lower(:state), version = version + 1, updated_at = :now
            where region = :region
              and code = :code""";

    void update(Tx tx, String region, InstanceType.Description it, Instant now) {
        bound(tx.handle().createUpdate(UPDATE), region, it, now).execute();
    }

    private static <S extends SqlStatement<S>> S bound(S statement, String region,
            InstanceType.Description it, Instant now) {
        return statement.bind("region", region).bind("code", it.code())
                .bind("displayName", it.displayName()).bind("kind", it.kind().text())
                .bind("cpuCores", it.cpuCores()).bind("ramGb", it.ramGb())
                .bind("gpuType", it.gpuType()).bind("gpuCount", it.gpuCount())
                .bind("diskGb", it.diskGb()).bind("zones", Json.of(it.zones()))
                .bind("state", it.state().name()).bind("now", now);
    }

    void delete(Tx tx, String region, String code) {
        tx.handle().createUpdate("""
                delete from instance_type
                where region = :region
                  and code = :code
                """).bind("region", region).bind("code", code).execute();
    }

    /// Code of a type that comes with these GPUs, if there is one.
    Optional<String> withGpu(Tx tx, String region, String gpuType) {
        return tx.handle().createQuery("""
                select code
                from instance_type
                where region = :region
                  and gpu_type = :gpuType
                order by code
                limit 1
                """).bind("region", region).bind("gpuType", gpuType)
                .mapTo(String.class).findOne();
    }
}
