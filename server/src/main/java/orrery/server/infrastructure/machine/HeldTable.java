package orrery.server.infrastructure.machine;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import org.jspecify.annotations.Nullable;

/// The SQL of table `machine` about servers that instances are.
final class HeldTable {
    private static final String TAKE = """
            with taken as materialized (
              select machine.id as server
              from machine
              join jsonb_to_record(:size::jsonb) as size (region text, code text, zones jsonb,
                  "cpuCores" int, "ramGb" int, "gpuModel" text, "gpuCount" int)
                on size.region = machine.region
              where deleted_at is null
                and health = 'healthy'
                and instance_id is null
                and (state = 'allocated' and allocation_id = any(:allocations)
                  or :free and state = 'available' and allocation_id is null)
                and (:server::text is null or machine.id = :server)
                and %s
              order by allocation_id is null, (hardware ->> 'cpuCount')::int,
                (hardware ->> 'ramMebibytes')::bigint, machine.id
              limit 1
              for update of machine %s)
            update machine
            set instance_id = :instance, state = 'allocated', version = version + 1,
              updated_at = :now
            from taken
            where id = server
            returning %s
            """;

    /// Gives a server to an instance: one of the allocations' before one that nobody has, and the
    /// smallest that will do. Who asks at the same time gets another; only for the last ones it
    /// waits, and finds what is left.
    ///
    /// @param server `null` for any
    /// @param free whether it may be one that nobody has
    Optional<Machine> take(Tx tx, Size size, Collection<String> allocations,
            @Nullable String server, boolean free, String instance, Instant now) {
        return take(tx, "skip locked", size, allocations, server, free, instance, now)
                .or(() -> take(tx, "", size, allocations, server, free, instance, now));
    }

    private static Optional<Machine> take(Tx tx, String locked, Size size,
            Collection<String> allocations, @Nullable String server, boolean free,
            String instance, Instant now) {
        return tx.handle().createQuery(TAKE.formatted(
                        FleetTable.fits("machine", "size"), locked, MachineTable.COLUMNS))
                .bind("size", Json.write(size))
                .bindArray("allocations", String.class, allocations)
                .bind("free", free)
                .bind("server", server)
                .bind("instance", instance)
                .bind("now", now)
                .mapTo(Machine.class).findOne();
    }

    /// Whether a server belongs to one of these allocations.
    boolean isOf(Tx tx, String server, Collection<String> allocations) {
        return tx.handle().createQuery("""
                select exists (
                  select from machine
                  where id = :server
                    and allocation_id = any(:allocations)
                    and deleted_at is null)
                """)
                .bind("server", server)
                .bindArray("allocations", String.class, allocations)
                .mapTo(boolean.class).one();
    }

    /// The server of an instance, and nobody else changes it until the transaction ends.
    Optional<Machine> lock(Tx tx, String instance) {
        return tx.handle().createQuery("select " + MachineTable.COLUMNS + """

                from machine
                where instance_id = :instance
                for update
                """).bind("instance", instance).mapTo(Machine.class).findOne();
    }

    List<Machine> all(Tx tx, Collection<String> instances) {
        return tx.handle().createQuery("select " + MachineTable.COLUMNS + """

                from machine
                where instance_id = any(:instances)
                """).bindArray("instances", String.class, instances).mapTo(Machine.class).list();
    }

    /// Instances that servers of an allocation are.
    Set<String> on(Tx tx, String allocation) {
        return tx.handle().createQuery("""
                select instance_id
                from machine
                where allocation_id = :allocation
                  and instance_id is not null
                """).bind("allocation", allocation).mapTo(String.class).set();
    }

    /// No instance has it any more. One that failed stays so, and is to be emptied by whoever mends
    /// it.
    void release(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update machine
                set instance_id = null,
                  state = case
                    when state <> 'allocated' then state
                    when allocation_id is null then 'available'
                    else state end,
                  wanted = case when state = 'failed' then :empty::jsonb else wanted end,
                  version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("empty", Json.write(Machine.Wanted.EMPTY))
                .bind("now", now)
                .execute();
    }
}
