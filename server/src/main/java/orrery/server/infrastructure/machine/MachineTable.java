package orrery.server.infrastructure.machine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.http.ProjectRows;
import orrery.server.iam.policy.Reach;

/// The SQL of table `machine`.
final class MachineTable {
    /// All but the sealed login.
    static final String COLUMNS = """
            id, organization_id, project_id, region, zone, name, display_name, description,
              labels, tags, persona, bmc_address, verify_ca, boot_mac_address, gpu, state,
              state_reason,
              health, health_checked_at, failure_reasons, wanted, powered_on, hardware,
              allocation_id, instance_id, run_id, version, created_by, created_at, updated_at,
              deleted_at""";

    private static final Listing<Machine> LIST = Listing.of(Machine.class, "servers", COLUMNS, """
            machine
            where deleted_at is null""")
            .time("updatedAt")
            .text("projectId", "region", "zone", "name", "persona", "bmcAddress", "createdBy")
            .oneOf("state", Machine.State.class).oneOf("health", Machine.Health.class)
            .map("labels").map("tags").searching("name", "displayName", "bmcAddress");

    /// Those that a selection has.
    private static final String CHOSEN = """
            deleted_at is null
              and tags @> coalesce(:selector::jsonb -> 'matchLabels', '{}')
              and region = coalesce(:selector::jsonb ->> 'region', region)
              and coalesce(:selector::jsonb ->> 'gpuModel', '')
                in ('', coalesce(gpu ->> 'model', ''))
              and coalesce((gpu ->> 'count')::int, 0)
                >= coalesce((:selector::jsonb ->> 'minGpuCount')::int, 0)
            """;

    /// Those of them that can be given out.
    private static final String FREE =
            "state = 'available' and health = 'healthy' and allocation_id is null\n";

    private static final Listing<Machine> SELECTED = Listing.of(Machine.class, "servers",
            COLUMNS, "machine\nwhere " + CHOSEN)
            .time("updatedAt")
            .text("projectId", "region", "zone", "name", "persona", "bmcAddress", "createdBy")
            .oneOf("state", Machine.State.class).oneOf("health", Machine.Health.class)
            .map("labels").map("tags").searching("name", "displayName", "bmcAddress");

    final ProjectRows<Machine> rows = new ProjectRows<>(
            Machine.class, Machines.KIND, "machine", COLUMNS);

    private static final String INSERT = """
            insert into machine (id, organization_id, project_id, region, zone, name, display_name,
              description, labels, tags, persona, bmc_address, verify_ca, boot_mac_address, gpu,
              sealed_login, state, health, wanted, run_id, created_by, created_at, updated_at)
            values (:id, :organizationId, :projectId, :region, :zone, :name, :displayName,
              :description, :labels, :tags, :persona, :bmcAddress, :verifyCa, :bootMacAddress,
              :gpu, :login, lower(:state), lower(:health), :wanted, :runId, :createdBy,
              :createdAt, :updatedAt)
            on conflict do nothing
            """;

    /// Whether its name and its controller's address were free.
    boolean insert(Tx tx, Machine machine, byte[] login) {
        return tx.handle().createUpdate(INSERT)
                .bindMethods(machine).bind("login", login).execute() == 1;
    }

    Page<Machine> selected(Tx tx, Paging paging, PageAsk ask, Selector selector) {
        return SELECTED.page(tx, paging, ask, Map.of("selector", Json.write(selector)));
    }

    Capacity capacity(Tx tx, Selector selector) {
        return tx.handle().createQuery("""
                select count(*) as total, count(*) filter (where %s) as available,
                  count(allocation_id) as allocated
                from machine
                where %s
                """.formatted(FREE, CHOSEN)).bind("selector", Json.write(selector))
                .mapTo(Capacity.class).one();
    }

    /// Gives some of a selection away. Who asks at the same time waits, and finds what is left.
    List<Machine> take(Tx tx, Selector selector, int count, String allocation, Instant now) {
        return tx.handle().createQuery("""
                with taken as materialized (
                  select id as server
                  from machine
                  where %s
                    and %s
                  order by id
                  limit :count
                  for update)
                update machine
                set allocation_id = :allocation, state = 'allocated', version = version + 1,
                  updated_at = :now
                from taken
                where id = server
                returning %s
                """.formatted(CHOSEN, FREE, COLUMNS))
                .bind("selector", Json.write(selector))
                .bind("allocation", allocation)
                .bind("count", count)
                .bind("now", now)
                .mapTo(Machine.class).list();
    }

    List<Machine> allocated(Tx tx, String allocation) {
        return rows.select(tx, """
                where allocation_id = :allocation
                  and deleted_at is null
                order by id
                for update
                """).bind("allocation", allocation).mapTo(Machine.class).list();
    }

    /// Nobody has them any more.
    void free(Tx tx, String allocation, Instant now) {
        tx.handle().createUpdate("""
                update machine
                set allocation_id = null,
                  state = case when state = 'allocated' then 'available' else state end,
                  version = version + 1, updated_at = :now
                where allocation_id = :allocation
                """).bind("allocation", allocation).bind("now", now).execute();
    }

    /// The one that drives a controller.
    Optional<Machine> byBmc(Tx tx, String region, String address) {
        return rows.select(tx, """
                where region = :region
                  and bmc_address = :address
                  and deleted_at is null
                """)
                .bind("region", region)
                .bind("address", address)
                .mapTo(Machine.class).findOne();
    }

    /// @param region `null` for all
    Page<Machine> list(
            Tx tx, Paging paging, PageAsk ask, Reach reach, @Nullable String region) {
        return reach.page(LIST, tx, paging, ask, region);
    }

    /// Those of a region that have a host which is to be as it is wanted.
    List<String> alive(Tx tx, String region) {
        return tx.handle().createQuery("""
                select id
                from machine
                where region = :region
                  and state in ('available', 'allocated', 'ready', 'maintenance')
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).list();
    }

    void describe(Tx tx, String id, Machines.Texts texts, Instant now) {
        rows.update(tx, id, now, """
                display_name = :displayName, description = :description, labels = :labels,
                  tags = :tags, persona = :persona""")
                .bind("displayName", texts.displayName())
                .bind("description", texts.description())
                .bind("labels", Json.of(texts.labels()))
                .bind("tags", Json.of(texts.tags()))
                .bind("persona", texts.persona())
                .execute();
    }

    /// A run has it from now on.
    void begin(Tx tx, String id, Machine.State state, String run, Instant now) {
        rows.update(tx, id, now, "state = lower(:state), run_id = :run")
                .bind("state", state.name()).bind("run", run).execute();
    }

    /// It is reached so from now on.
    ///
    /// @param login sealed; `null` for the one that it has
    void connect(Tx tx, String id, Controller to, byte @Nullable [] login, Instant now) {
        rows.update(tx, id, now, """
                bmc_address = :address, verify_ca = :verifyCa, boot_mac_address = :mac,
                  sealed_login = coalesce(:login, sealed_login)""")
                .bind("address", to.address())
                .bind("verifyCa", to.verifyCa())
                .bind("mac", to.bootMacAddress())
                .bind("login", login)
                .execute();
    }

    void want(Tx tx, String id, Machine.Wanted wanted, Instant now) {
        rows.update(tx, id, now, "wanted = :wanted").bind("wanted", Json.of(wanted)).execute();
    }

    /// Notes what its host says.
    ///
    /// @param host `null` when nobody saw it
    void check(Tx tx, String id, Machine.Health health, List<String> reasons, @Nullable Host host,
            Instant now) {
        rows.update(tx, id, now, """
                health = lower(:health), failure_reasons = :reasons, health_checked_at = :now,
                  powered_on = coalesce(:poweredOn, powered_on),
                  hardware = coalesce(:hardware, hardware)""")
                .bind("health", health.name())
                .bind("reasons", Json.of(reasons))
                .bind("poweredOn", host == null ? null : host.poweredOn())
                .bind("hardware", Json.of(host == null ? null : host.hardware()))
                .execute();
    }

    void delete(Tx tx, String id, Instant now) {
        rows.update(tx, id, now, """
                state = 'decommissioned', state_reason = null, sealed_login = null,
                  deleted_at = :now""").execute();
    }
}
