package orrery.server.compute.kubeconfig;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.http.ProjectRows;

/// The SQL of table `kubeconfig`.
final class KubeconfigTable {
    private static final String COLUMNS = """
            id, cluster_id, organization_id, project_id, name, issued_for, role, state,
              ttl_seconds, expires_at, last_downloaded_at, run_id, version, created_by,
              created_at, updated_at, deleted_at""";

    private static final Listing<Kubeconfig> LIST = Listing.of(
            Kubeconfig.class, "kubeconfigs", COLUMNS, """
            kubeconfig
            where cluster_id = :cluster
              and deleted_at is null""")
            .time("updatedAt").text("name", "issuedFor", "createdBy")
            .oneOf("state", Kubeconfig.State.class).oneOf("role", Kubeconfig.Role.class)
            .searching("name");

    final ProjectRows<Kubeconfig> rows = new ProjectRows<>(
            Kubeconfig.class, Kubeconfigs.KIND, "kubeconfig", COLUMNS);

    /// Whether the name was free.
    boolean insert(Tx tx, Kubeconfig kubeconfig) {
        return tx.handle().createUpdate("""
                insert into kubeconfig (id, cluster_id, organization_id, project_id, name,
                  issued_for, role, state, ttl_seconds, run_id, created_by, created_at,
                  updated_at)
                values (:id, :clusterId, :organizationId, :projectId, :name, :issuedFor,
                  lower(:role), lower(:state), :ttlSeconds, :runId, :createdBy, :createdAt,
                  :updatedAt)
                on conflict (cluster_id, name) where deleted_at is null do nothing
                """).bindMethods(kubeconfig).execute() == 1;
    }

    /// Those of a cluster that are not revoked.
    Page<Kubeconfig> list(Tx tx, Paging paging, PageAsk ask, String cluster) {
        return LIST.page(tx, paging, ask, Map.of("cluster", cluster));
    }

    Optional<Kubeconfig> find(Tx tx, String cluster, String idOrName) {
        return rows.select(tx, """
                where cluster_id = :cluster
                  and deleted_at is null
                  and (id = :idOrName or name = :idOrName)
                """)
                .bind("cluster", cluster)
                .bind("idOrName", idOrName)
                .mapTo(Kubeconfig.class).findOne();
    }

    /// As [#find], and by its identifier also one that was revoked.
    Optional<Kubeconfig> findEver(Tx tx, String cluster, String idOrName) {
        return rows.select(tx, """
                where cluster_id = :cluster
                  and (id = :idOrName or name = :idOrName and deleted_at is null)
                """)
                .bind("cluster", cluster)
                .bind("idOrName", idOrName)
                .mapTo(Kubeconfig.class).findOne();
    }

    /// Those whose time is over, or whose cluster is gone, and of which something may be left.
    List<Kubeconfig> due(Tx tx, Instant now, int limit) {
        return rows.select(tx, """
                where state in ('active', 'revoking')
                  and (expires_at <= :now
                    or cluster_id in (select id from cluster where deleted_at is not null))
                order by expires_at
                limit :limit
                """).bind("now", now).bind("limit", limit).mapTo(Kubeconfig.class).list();
    }

    void activate(Tx tx, String id, Instant expires, byte[] sealed, Instant now) {
        rows.update(tx, id, now, """
                state = 'active', expires_at = :expires, sealed_content = :sealed""")
                .bind("expires", expires).bind("sealed", sealed).execute();
    }

    void begin(Tx tx, String id, Kubeconfig.State state, String run, Instant now) {
        rows.update(tx, id, now, "state = lower(:state), run_id = :run")
                .bind("state", state.name()).bind("run", run).execute();
    }

    /// Ends it. What it held is gone with it.
    ///
    /// @param deleted when it is no longer listed; `null` to go on listing it
    void end(Tx tx, String id, Kubeconfig.State state, @Nullable Instant deleted, Instant now) {
        rows.update(tx, id, now, """
                state = lower(:state), sealed_content = null, deleted_at = :deleted""")
                .bind("state", state.name()).bind("deleted", deleted).execute();
    }

    /// No longer lists those of a user in a cluster that were over before a time. Who has one
    /// issued every few minutes leaves no more than a day's behind.
    void forget(Tx tx, String cluster, String user, Instant before, Instant now) {
        tx.handle().createUpdate("""
                update kubeconfig
                set deleted_at = :now
                where cluster_id = :cluster
                  and issued_for = :user
                  and state in ('expired', 'failed')
                  and updated_at < :before
                  and deleted_at is null
                """).bind("now", now).bind("cluster", cluster).bind("user", user)
                .bind("before", before).execute();
    }

    void downloaded(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update kubeconfig
                set last_downloaded_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
    }
}
