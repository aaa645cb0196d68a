package orrery.server.infrastructure.pool;

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
import org.jspecify.annotations.Nullable;

/// The SQL of tables `pool` and `pool_allocation`.
final class PoolTable {
    private static final String COLUMNS = """
            id, name, display_name, description, selector, version, created_by, created_at,
              updated_at, deleted_at""";

    private static final String ALLOCATION = """
            id, pool_id, organization_id, project_id, state, state_reason, servers, expires_at,
              run_id, version, created_by, created_at, updated_at, released_at""";

    private static final Listing<Pool> LIST = Listing.of(Pool.class, "pools", COLUMNS, """
            pool
            where deleted_at is null""")
            .time("updatedAt").text("name", "createdBy").searching("name", "displayName");

    private static final Listing<Allocation> ALLOCATIONS =
            Listing.of(Allocation.class, "allocations", ALLOCATION, """
            pool_allocation
            where pool_id = :pool""")
            .time("updatedAt").text("projectId", "createdBy")
            .oneOf("state", Allocation.State.class);

    /// Whether the name was free.
    boolean insert(Tx tx, Pool pool) {
        return tx.handle().createUpdate("""
                insert into pool (id, name, display_name, description, selector, created_by,
                  created_at, updated_at)
                values (:id, :name, :displayName, :description, :selector, :createdBy, :createdAt,
                  :updatedAt)
                on conflict (name) where deleted_at is null do nothing
                """).bindMethods(pool).execute() == 1;
    }

    long count(Tx tx) {
        return tx.handle().createQuery("select count(*) from pool where deleted_at is null")
                .mapTo(long.class).one();
    }

    Page<Pool> list(Tx tx, Paging paging, PageAsk ask) {
        return LIST.page(tx, paging, ask, Map.of());
    }

    Optional<Pool> find(Tx tx, String idOrName) {
        return tx.handle().createQuery("select " + COLUMNS + """

                from pool
                where deleted_at is null
                  and (id = :idOrName or name = :idOrName)
                """).bind("idOrName", idOrName).mapTo(Pool.class).findOne();
    }

    /// As [#find], and nobody else changes it until the transaction ends.
    Optional<Pool> lock(Tx tx, String idOrName) {
        return tx.handle().createQuery("select " + COLUMNS + """

                from pool
                where deleted_at is null
                  and (id = :idOrName or name = :idOrName)
                for update
                """).bind("idOrName", idOrName).mapTo(Pool.class).findOne();
    }

    void update(Tx tx, String id, Pools.Terms terms, Instant now) {
        tx.handle().createUpdate("""
                update pool
                set display_name = :displayName, description = :description,
                  selector = :selector, version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("displayName", terms.displayName())
                .bind("description", terms.description())
                .bind("selector", Json.of(terms.selector()))
                .bind("now", now)
                .execute();
    }

    void delete(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update pool
                set deleted_at = :now, version = version + 1, updated_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
    }

    void insert(Tx tx, Allocation allocation) {
        tx.handle().createUpdate("""
                insert into pool_allocation (id, pool_id, organization_id, project_id, state,
                  servers, expires_at, created_by, created_at, updated_at)
                values (:id, :poolId, :organizationId, :projectId, lower(:state), :servers,
                  :expiresAt, :createdBy, :createdAt, :updatedAt)
                """).bindMethods(allocation).execute();
    }

    Page<Allocation> allocations(Tx tx, Paging paging, PageAsk ask, String pool) {
        return ALLOCATIONS.page(tx, paging, ask, Map.of("pool", pool));
    }

    Optional<Allocation> allocation(Tx tx, String id) {
        return tx.handle().createQuery("select " + ALLOCATION + """

                from pool_allocation
                where id = :id
                """).bind("id", id).mapTo(Allocation.class).findOne();
    }

    /// As [#allocation], and nobody else changes it until the transaction ends.
    Optional<Allocation> lockAllocation(Tx tx, String id) {
        return tx.handle().createQuery("select " + ALLOCATION + """

                from pool_allocation
                where id = :id
                for update
                """).bind("id", id).mapTo(Allocation.class).findOne();
    }

    /// Those of a pool that hold servers, a few.
    List<String> held(Tx tx, String pool) {
        return tx.handle().createQuery("""
                select id
                from pool_allocation
                where pool_id = :pool
                  and state <> 'released'
                order by created_at
                limit 20
                """).bind("pool", pool).mapTo(String.class).list();
    }

    List<String> ofProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select 'allocation/' || id
                from pool_allocation
                where project_id = :project
                  and state <> 'released'
                order by created_at
                limit 20
                """).bind("project", project).mapTo(String.class).list();
    }

    /// Those of a project that count. Nobody releases them until the transaction ends.
    List<String> active(Tx tx, String project) {
        return tx.handle().createQuery("""
                select id
                from pool_allocation
                where project_id = :project
                  and state = 'active'
                order by created_at, id
                for share
                """).bind("project", project).mapTo(String.class).list();
    }

    List<String> due(Tx tx, Instant now) {
        return tx.handle().createQuery("""
                select id
                from pool_allocation
                where state = 'active'
                  and expires_at <= :now
                  and not exists (
                    select from machine
                    where allocation_id = pool_allocation.id
                      and instance_id is not null)
                order by expires_at
                limit 200
                """).bind("now", now).mapTo(String.class).list();
    }

    /// @param run `null` for the one that has it already
    void mark(Tx tx, String id, Allocation.State state, @Nullable String reason,
            @Nullable String run, Instant now) {
        tx.handle().createUpdate("""
                update pool_allocation
                set state = lower(:state), state_reason = :reason,
                  run_id = coalesce(:run, run_id),
                  released_at = case when :state = 'RELEASED' then :now::timestamptz end,
                  version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("state", state.name())
                .bind("reason", reason)
                .bind("run", run)
                .bind("now", now)
                .execute();
    }
}
