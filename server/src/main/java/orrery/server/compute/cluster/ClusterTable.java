package orrery.server.compute.cluster;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Deleted;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Reach;
import orrery.server.platform.stack.Plan;

/// The SQL of table `cluster`.
final class ClusterTable {
    /// All but the sealed kubeconfig, which only [#sealed] hands out.
    private static final String COLUMNS = """
            id, organization_id, project_id, region, name, display_name, description,
              labels, origin, state, state_reason, kubernetes_version, template, plan, node_pools,
              conditions, available_upgrades, endpoint_url, ca_certificate, connection, run_id,
              version, created_by, created_at, updated_at, deleted_at, setup, services""";

    private static final String SELECT = "select " + COLUMNS + "\nfrom cluster\n";

    private static final Listing<Cluster> LIST = Listing.of(Cluster.class, "clusters", COLUMNS, """
            cluster
            where deleted_at is null""")
            .time("updatedAt").text("name", "createdBy", "projectId", "region")
            .oneOf("state", Cluster.State.class).oneOf("origin", Cluster.Origin.class)
            .map("labels").searching("name", "displayName");

    private static final String INSERT = """
            insert into cluster (id, organization_id, project_id, region, name, display_name,
              description, labels, origin, state, kubernetes_version, plan, node_pools, run_id,
              created_by, created_at, updated_at, setup)
            values (:id, :organizationId, :projectId, :region, :name, :displayName,
              :description, :labels, lower(:origin), lower(:state), :kubernetesVersion,
              :plan, :nodePools, :runId, :createdBy, :createdAt, :updatedAt, :setup)
            on conflict (project_id, name) where deleted_at is null do nothing
            """;

    /// Whether the name was free.
    boolean insert(Tx tx, Cluster cluster) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", cluster.id())
                .bind("organizationId", cluster.organizationId())
                .bind("projectId", cluster.projectId())
                .bind("region", cluster.region())
                .bind("name", cluster.name())
                .bind("displayName", cluster.displayName())
                .bind("description", cluster.description())
                .bind("labels", Json.of(cluster.labels()))
                .bind("origin", cluster.origin().name())
                .bind("state", cluster.state().name())
                .bind("kubernetesVersion", cluster.kubernetesVersion())
                .bind("plan", Json.of(cluster.plan()))
                .bind("nodePools", Json.of(cluster.nodePools()))
                .bind("runId", cluster.runId())
                .bind("createdBy", cluster.createdBy())
                .bind("createdAt", cluster.createdAt())
                .bind("updatedAt", cluster.updatedAt())
                .bind("setup", Json.of(cluster.setup()))
                .execute() == 1;
    }

    /// The pools of one cluster, as rows.
    private static final Listing<NodePool> POOLS = Listing.of(NodePool.class, "node pools", """
            id, name, replace(upper(role), '-', '_') as role, node_count, ready_count,
              instance_type, network, subnet""", """
            (select p.id, p.name, p.role, p."nodeCount" as node_count,
                p."readyCount" as ready_count, p."instanceType" as instance_type,
                p.network, p.subnet, c.id as cluster_id, c.created_at
              from cluster c
                cross join lateral jsonb_to_recordset(c.node_pools) as p (id text, name text,
                  role text, "nodeCount" int, "readyCount" int, "instanceType" text,
                  network text, subnet text)) pool
            where cluster_id = :cluster""")
            .text("name", "role");

    Page<NodePool> pools(Tx tx, Paging paging, PageAsk ask, String cluster) {
        return POOLS.page(tx, paging, ask, Map.of("cluster", cluster));
    }

    /// One in a project, by identifier or name.
    ///
    /// @param region `null` for any
    /// @param deleted whether one is found that is deleted, too, by identifier
    Optional<Cluster> find(Tx tx, String project, @Nullable String region, String idOrName,
            Deleted deleted) {
        return tx.handle().createQuery(SELECT + """
                where project_id = :project
                  and (:region::text is null or region = :region)
                  and (id = :idOrName and (:deleted or deleted_at is null)
                    or name = :idOrName and deleted_at is null)
                """)
                .bind("project", project)
                .bind("region", region)
                .bind("idOrName", idOrName)
                .bind("deleted", deleted.isShown())
                .mapTo(Cluster.class).findOne();
    }

    Optional<Cluster> find(Tx tx, String project, @Nullable String region, String idOrName) {
        return find(tx, project, region, idOrName, Deleted.HIDDEN);
    }

    Optional<Cluster> byId(Tx tx, String id) {
        return tx.handle().createQuery(SELECT + "where id = :id")
                .bind("id", id).mapTo(Cluster.class).findOne();
    }

    /// As [#byId], and nobody else changes it until the transaction ends.
    Optional<Cluster> lock(Tx tx, String id) {
        return tx.handle().createQuery(SELECT + "where id = :id for update")
                .bind("id", id).mapTo(Cluster.class).findOne();
    }

    /// @param region `null` for all
    Page<Cluster> list(
            Tx tx, Paging paging, PageAsk ask, Reach reach, @Nullable String region) {
        return reach.page(LIST, tx, paging, ask, region);
    }

    /// Those of an organization within somebody's reach, newest first, a thousand at most.
    ///
    /// @param name `null` for all
    List<Cluster> within(Tx tx, Reach reach, String organization, @Nullable String name) {
        return tx.handle().createQuery(SELECT + """
                where organization_id = :organization
                  and deleted_at is null
                  and (:name::text is null or name = :name)
                  and (:everywhere or organization_id = any(:organizations)
                    or project_id = any(:projects))
                order by created_at desc, id
                limit 1000
                """)
                .bind("organization", organization)
                .bind("name", name)
                .bind("everywhere", reach.everywhere())
                .bindArray("organizations", String.class, reach.organizations())
                .bindArray("projects", String.class, reach.projects())
                .mapTo(Cluster.class).list();
    }

    /// Those of a region that the management cluster should know, for the settling loop: there
    /// may be tens of thousands.
    List<String> alive(Tx tx, String region) {
        return tx.handle().createQuery("""
                select id
                from cluster
                where region = :region
                  and origin = 'provisioned'
                  and state in ('running', 'degraded')
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).list();
    }

    List<Cluster> all(Tx tx, Collection<String> ids) {
        return tx.handle().createQuery(SELECT + "where id = any(:ids)")
                .bindArray("ids", String.class, ids).mapTo(Cluster.class).list();
    }

    List<String> inProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select id
                from cluster
                where project_id = :project
                  and deleted_at is null
                order by id
                """).bind("project", project).mapTo(String.class).list();
    }

    /// `cluster/name` of those in a project, a few.
    List<String> ofProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select 'cluster/' || name
                from cluster
                where project_id = :project
                  and deleted_at is null
                order by name
                limit 20
                """).bind("project", project).mapTo(String.class).list();
    }

    Set<String> projectsIn(Tx tx, String region) {
        return tx.handle().createQuery("""
                select distinct project_id
                from cluster
                where region = :region
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).set();
    }

    Optional<byte[]> sealed(Tx tx, String id) {
        return tx.handle().createQuery("""
                select sealed_kubeconfig
                from cluster
                where id = :id
                  and sealed_kubeconfig is not null
                """).bind("id", id).mapTo(byte[].class).findOne();
    }

    void describe(Tx tx, String id, Clusters.Change change, Instant now) {
        tx.handle().createUpdate("""
                update cluster
                set display_name = :displayName, description = :description, labels = :labels,
                  version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("displayName", change.displayName())
                .bind("description", change.description())
                .bind("labels", Json.of(change.labels()))
                .bind("now", now)
                .execute();
    }

    void mark(Tx tx, String id, Cluster.State state, @Nullable String reason, Instant now) {
        tx.handle().createUpdate("""
                update cluster
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

    void begin(Tx tx, String id, Cluster.State state, @Nullable String run, Instant now) {
        tx.handle().createUpdate("""
                update cluster
                set state = lower(:state), state_reason = null, run_id = :run,
                  version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("state", state.name())
                .bind("run", run)
                .bind("now", now)
                .execute();
    }

    /// `cluster/identifier` of those made from a stack, a few.
    List<String> ofStack(Tx tx, String stack) {
        return tx.handle().createQuery("""
                select 'cluster/' || id
                from cluster
                where plan ->> 'stack' = :stack
                  and deleted_at is null
                order by id
                limit 20
                """).bind("stack", stack).mapTo(String.class).list();
    }

    void plan(Tx tx, String id, @Nullable Plan plan, Instant now) {
        tx.handle().createUpdate("""
                update cluster
                set plan = :plan, version = version + 1, updated_at = :now
                where id = :id
                """).bind("id", id).bind("plan", Json.of(plan)).bind("now", now).execute();
    }

    void choose(Tx tx, String id, Template template, Instant now) {
        tx.handle().createUpdate("""
                update cluster
                set template = :template,
                  kubernetes_version =
                    coalesce(nullif(:kubernetesVersion, ''), kubernetes_version),
                  version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("template", template.name())
                .bind("kubernetesVersion", template.version())
                .bind("now", now)
                .execute();
    }

    void pools(Tx tx, String id, List<NodePool> pools, Instant now) {
        tx.handle().createUpdate("""
                update cluster
                set node_pools = :pools, version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("pools", Json.of(pools))
                .bind("now", now)
                .execute();
    }

    void setUp(Tx tx, String id, Setup setup, Instant now) {
        tx.handle().createUpdate("""
                update cluster
                set setup = :setup, version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("setup", Json.of(setup))
                .bind("now", now)
                .execute();
    }

    void observe(Tx tx, String id, Observation seen, Instant now) {
        tx.handle().createUpdate("""
                update cluster
                set conditions = :conditions, available_upgrades = :upgrades,
                  services = :services,
                  kubernetes_version =
                    coalesce(nullif(:kubernetesVersion, ''), kubernetes_version),
                  version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("conditions", Json.of(seen.conditions()))
                .bind("upgrades", Json.of(seen.upgrades()))
                .bind("services", Json.of(seen.services()))
                .bind("kubernetesVersion", seen.kubernetesVersion())
                .bind("now", now)
                .execute();
    }

    /// Keeps the way in.
    void connect(Tx tx, String id, WayIn way, byte[] sealed, Instant now) {
        tx.handle().createUpdate("""
                update cluster
                set endpoint_url = :endpoint, ca_certificate = :ca, sealed_kubeconfig = :sealed,
                  connection = connection + 1, version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("endpoint", way.endpoint())
                .bind("ca", way.ca())
                .bind("sealed", sealed)
                .bind("now", now)
                .execute();
    }

    void delete(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update cluster
                set state = 'deleted', state_reason = null, sealed_kubeconfig = null,
                  deleted_at = :now, version = version + 1, updated_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
    }
}
