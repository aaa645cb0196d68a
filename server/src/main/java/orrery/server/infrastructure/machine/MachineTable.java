package orrery.server.infrastructure.machine;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;

/// The SQL of table `machine`.
final class MachineTable {
    /// All but the sealed login, which only [#sealed] hands out.
    private static final String COLUMNS = """
            id, organization_id, project_id, region, name, display_name, description, tags,
              persona, bmc_address, verify_ca, boot_mac_address, gpu, state, state_reason,
              health, health_checked_at, failure_reasons, wanted, powered_on, hardware,
              allocation_id, run_id, version, created_by, created_at, updated_at, deleted_at""";

    private static final String SELECT = "select " + COLUMNS + "\nfrom machine\n";

    private static final Listing<Machine> LIST = Listing.of(Machine.class, "servers", COLUMNS, """
            machine
            where project_id = :project
              and region = :region
              and deleted_at is null""")
            .time("updatedAt").text("name", "persona", "bmcAddress", "createdBy")
            .oneOf("state", Machine.State.class).oneOf("health", Machine.Health.class)
            .map("tags").searching("name", "displayName", "bmcAddress");

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
            .time("updatedAt").text("name", "persona", "bmcAddress", "createdBy", "region")
            .oneOf("state", Machine.State.class).oneOf("health", Machine.Health.class)
            .map("tags").searching("name", "displayName", "bmcAddress");

    /// Whether its name and its controller's address were free.
    boolean insert(Tx tx, Machine machine, byte[] login) {
        return tx.handle().createUpdate("""
                insert into machine (id, organization_id, project_id, region, name, display_name,
                  description, tags, persona, bmc_address, verify_ca, boot_mac_address, gpu,
                  sealed_login, state, health, wanted, run_id, created_by, created_at, updated_at)
                values (:id, :organizationId, :projectId, :region, :name, :displayName,
                  :description, :tags, :persona, :bmcAddress, :verifyCa, :bootMacAddress, :gpu,
                  :login, lower(:state), lower(:health), :wanted, :runId, :createdBy, :createdAt,
                  :updatedAt)
                on conflict do nothing
                """)
                .bind("id", machine.id())
                .bind("organizationId", machine.organizationId())
                .bind("projectId", machine.projectId())
                .bind("region", machine.region())
                .bind("name", machine.name())
                .bind("displayName", machine.displayName())
                .bind("description", machine.description())
                .bind("tags", Json.of(machine.tags()))
                .bind("persona", machine.persona())
                .bind("bmcAddress", machine.bmcAddress())
                .bind("verifyCa", machine.verifyCa())
                .bind("bootMacAddress", machine.bootMacAddress())
                .bind("gpu", Json.of(machine.gpu()))
                .bind("login", login)
                .bind("state", machine.state().name())
                .bind("health", machine.health().name())
                .bind("wanted", Json.of(machine.wanted()))
                .bind("runId", machine.runId())
                .bind("createdBy", machine.createdBy())
                .bind("createdAt", machine.createdAt())
                .bind("updatedAt", machine.updatedAt())
                .execute() == 1;
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
        return tx.handle().createQuery(SELECT + """
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

    /// One in a project, by identifier or name.
    Optional<Machine> find(Tx tx, String project, String region, String idOrName) {
        return tx.handle().createQuery(SELECT + """
                where project_id = :project
                  and region = :region
                  and deleted_at is null
                  and (id = :idOrName or name = :idOrName)
                """)
                .bind("project", project)
                .bind("region", region)
                .bind("idOrName", idOrName)
                .mapTo(Machine.class).findOne();
    }

    /// The one that drives a controller.
    Optional<Machine> byBmc(Tx tx, String region, String address) {
        return tx.handle().createQuery(SELECT + """
                where region = :region
                  and bmc_address = :address
                  and deleted_at is null
                """)
                .bind("region", region)
                .bind("address", address)
                .mapTo(Machine.class).findOne();
    }

    Optional<Machine> byId(Tx tx, String id) {
        return tx.handle().createQuery(SELECT + "where id = :id")
                .bind("id", id).mapTo(Machine.class).findOne();
    }

    /// As [#byId], and nobody else changes it until the transaction ends.
    Optional<Machine> lock(Tx tx, String id) {
        return tx.handle().createQuery(SELECT + "where id = :id for update")
                .bind("id", id).mapTo(Machine.class).findOne();
    }

    Page<Machine> list(Tx tx, Paging paging, PageAsk ask, String project, String region) {
        return LIST.page(tx, paging, ask, Map.of("project", project, "region", region));
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

    List<Machine> all(Tx tx, Collection<String> ids) {
        return tx.handle().createQuery(SELECT + "where id = any(:ids)")
                .bindArray("ids", String.class, ids).mapTo(Machine.class).list();
    }

    /// `server/name` of those in a project, a few.
    List<String> ofProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select 'server/' || name
                from machine
                where project_id = :project
                  and deleted_at is null
                order by name
                limit 20
                """).bind("project", project).mapTo(String.class).list();
    }

    Set<String> projectsIn(Tx tx, String region) {
        return tx.handle().createQuery("""
                select distinct project_id
                from machine
                where region = :region
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).set();
    }

    Optional<byte[]> sealed(Tx tx, String id) {
        return tx.handle().createQuery("""
                select sealed_login
                from machine
                where id = :id
                  and sealed_login is not null
                """).bind("id", id).mapTo(byte[].class).findOne();
    }

    void describe(Tx tx, String id, Machines.Texts texts, Instant now) {
        tx.handle().createUpdate("""
                update machine
                set display_name = :displayName, description = :description, tags = :tags,
                  persona = :persona, version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("displayName", texts.displayName())
                .bind("description", texts.description())
                .bind("tags", Json.of(texts.tags()))
                .bind("persona", texts.persona())
                .bind("now", now)
                .execute();
    }

    /// A run has it from now on.
    void begin(Tx tx, String id, Machine.State state, String run, Instant now) {
        tx.handle().createUpdate("""
                update machine
                set state = lower(:state), run_id = :run, version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("state", state.name())
                .bind("run", run)
                .bind("now", now)
                .execute();
    }

    void mark(Tx tx, String id, Machine.State state, @Nullable String reason, Instant now) {
        tx.handle().createUpdate("""
                update machine
                set state = lower(:state), state_reason = :reason, version = version + 1,
                  updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("state", state.name())
                .bind("reason", reason)
                .bind("now", now)
                .execute();
    }

    void want(Tx tx, String id, Machine.Wanted wanted, Instant now) {
        tx.handle().createUpdate("""
                update machine
                set wanted = :wanted, version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("wanted", Json.of(wanted))
                .bind("now", now)
                .execute();
    }

    /// Notes what its host says.
    ///
    /// @param host `null` when nobody saw it
    void check(Tx tx, String id, Machine.Health health, List<String> reasons, @Nullable Host host,
            Instant now) {
        tx.handle().createUpdate("""
                update machine
                set health = lower(:health), failure_reasons = :reasons, health_checked_at = :now,
                  powered_on = coalesce(:poweredOn, powered_on),
                  hardware = coalesce(:hardware, hardware),
                  version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("health", health.name())
                .bind("reasons", Json.of(reasons))
                .bind("poweredOn", host == null ? null : host.poweredOn())
                .bind("hardware", Json.of(host == null ? null : host.hardware()))
                .bind("now", now)
                .execute();
    }

    void delete(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update machine
                set state = 'decommissioned', state_reason = null, sealed_login = null,
                  deleted_at = :now, version = version + 1, updated_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
    }
}
