package orrery.server.infrastructure.machine;

import java.util.List;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import org.jspecify.annotations.Nullable;

/// The SQL of table `machine` that counts.
final class FleetTable {
    /// How each server stands, first match wins.
    private static final String FLEET = """
            with fleet as (
              select region, zone, gpu, hardware,
                case
                  when health <> 'healthy' or state in ('failed', 'maintenance') then 'unhealthy'
                  when instance_id is not null or state not in ('available', 'allocated')
                    then 'inUse'
                  when allocation_id is not null then 'reserved'
                  else 'available'
                end as stands
              from machine
              where deleted_at is null
                and (:region::text is null or region = :region)
                and state in ('available', 'allocated', 'provisioning', 'ready',
                  'deprovisioning', 'maintenance', 'failed'))
            """;

    private static final String SIZES = FLEET + """
            select fleet.region, zone, size.code, count(*) as total,
              count(*) filter (where stands = 'available') as available,
              count(*) filter (where stands = 'reserved') as reserved,
              count(*) filter (where stands = 'inUse') as in_use,
              count(*) filter (where stands = 'unhealthy') as unhealthy
            from fleet
            join jsonb_to_recordset(:sizes::jsonb) as size (region text, code text, zones jsonb,
                "cpuCores" int, "ramGb" int, "gpuModel" text, "gpuCount" int)
              on size.region = fleet.region
            where %s
            group by fleet.region, zone, size.code
            """.formatted(fits("fleet", "size"));

    private static final String ACCELERATORS = FLEET + """
            , accelerators as (
              select region, zone, stands, lower(gpu ->> 'model') as code,
                (gpu ->> 'count')::int as count
              from fleet
              where gpu is not null)
            select region, zone, code, sum(count) as total,
              coalesce(sum(count) filter (where stands = 'available'), 0) as available,
              coalesce(sum(count) filter (where stands = 'reserved'), 0) as reserved,
              coalesce(sum(count) filter (where stands = 'inUse'), 0) as in_use,
              coalesce(sum(count) filter (where stands = 'unhealthy'), 0) as unhealthy
            from accelerators
            group by region, zone, code
            """;

    /// The condition that a server is of a size of its region.
    static String fits(String server, String size) {
        return """
                %2$s.zones @> to_jsonb(%1$s.zone)
                  and (%1$s.hardware ->> 'cpuCount')::int >= %2$s."cpuCores"
                  and (%1$s.hardware ->> 'ramMebibytes')::bigint >= %2$s."ramGb"::bigint * 1024
                  and coalesce(lower(%1$s.gpu ->> 'model'), '') = coalesce(%2$s."gpuModel", '')
                  and coalesce((%1$s.gpu ->> 'count')::int, 0) = %2$s."gpuCount"
                """.formatted(server, size);
    }

    /// How many servers there are of sizes, in zones that have some.
    ///
    /// @param region `null` for all
    List<Stock> ofSizes(Tx tx, @Nullable String region, List<Size> sizes) {
        return tx.handle().createQuery(SIZES).bind("region", region)
                .bind("sizes", Json.write(sizes)).mapTo(Stock.class).list();
    }

    /// How many accelerators there are by model, in lower case.
    ///
    /// @param region `null` for all
    List<Stock> accelerators(Tx tx, @Nullable String region) {
        return tx.handle().createQuery(ACCELERATORS).bind("region", region)
                .mapTo(Stock.class).list();
    }
}
