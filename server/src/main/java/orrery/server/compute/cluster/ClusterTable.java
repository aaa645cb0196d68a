package orrery.server.compute.cluster;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.http.ProjectRows;
import orrery.server.iam.policy.Reach;
import orrery.server.platform.stack.Plan;

/// The SQL of table `cluster`.
final class ClusterTable {
    /// All but the sealed kubeconfig. Those who watch their clusters ask for them often: rows are
    /// kept.
    private static final String COLUMNS = """
            xmin, ctid, id, organization_id, project_id, region, name, display_name, description,
              labels, origin, state, state_reason, kubernetes_version, template, plan, node_pools,
              conditions, available_upgrades, endpoint_url, ca_certificate, connection, run_id,
              version, created_by, created_at, updated_at, deleted_at, setup, services""";

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

    final ProjectRows<Cluster> rows = new ProjectRows<>(
            Cluster.class, Clusters.KIND, "cluster", COLUMNS);

    /// Whether the name was free.
    boolean insert(Tx tx, Cluster cluster) {
        return tx.handle().createUpdate(INSERT).bindMethods(cluster).execute() == 1;
    }

    /// The pools of one cluster, as rows.
    private static final Listing<NodePool> POOLS = Listing.of(NodePool.class, "node pools", """
            id, name, replace(upper(role), '-', '_') as role, node_count, ready_count,
              instance_type, network, subnet, size""", """
            (select p.id, p.name, p.role, p."nodeCount" as node_count,
                p."readyCount" as ready_count, p."instanceType" as instance_type,
                p.network, p.subnet, p.size, c.id as cluster_id, c.created_at
              from cluster c
                cross join lateral jsonb_to_recordset(c.node_pools) as p (id text, name text,
                  role text, "nodeCount" int, "readyCount" int, "instanceType" text,
                  network text, subnet text, size jsonb)) pool
            where cluster_id = :cluster""")
            .text("name", "role");

    Page<NodePool> pools(Tx tx, Paging paging, PageAsk ask, String cluster) {
        return POOLS.page(tx, paging, ask, Map.of("cluster", cluster));
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
        return rows.select(tx, """
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
        rows.update(tx, id, now, "plan = :plan").bind("plan", Json.of(plan)).execute();
    }

    void choose(Tx tx, String id, Template template, Instant now) {
        rows.update(tx, id, now, """
                template = :template, kubernetes_version =
                  coalesce(nullif(:kubernetesVersion, ''), kubernetes_version)""")
                .bind("template", template.name())
                .bind("kubernetesVersion", template.version())
                .execute();
    }

    void pools(Tx tx, String id, List<NodePool> pools, Instant now) {
        rows.update(tx, id, now, "node_pools = :pools").bind("pools", Json.of(pools)).execute();
    }

    void setUp(Tx tx, String id, Setup setup, Instant now) {
        rows.update(tx, id, now, "setup = :setup").bind("setup", Json.of(setup)).execute();
    }

    void observe(Tx tx, String id, Observation seen, Instant now) {
        rows.update(tx, id, now, """
                conditions = :conditions, available_upgrades = :upgrades, services = :services,
                  kubernetes_version =
                    coalesce(nullif(:kubernetesVersion, ''), kubernetes_version)""")
                .bind("conditions", Json.of(seen.conditions()))
                .bind("upgrades", Json.of(seen.upgrades()))
                .bind("services", Json.of(seen.services()))
                .bind("kubernetesVersion", seen.kubernetesVersion())
                .execute();
    }

    /// Keeps the way in.
    void connect(Tx tx, String id, WayIn way, byte[] sealed, Instant now) {
        rows.update(tx, id, now, """
                endpoint_url = :endpoint, ca_certificate = :ca, sealed_kubeconfig = :sealed,
                  connection = connection + 1""")
                .bind("endpoint", way.endpoint())
                .bind("ca", way.ca())
                .bind("sealed", sealed)
                .execute();
    }

    void delete(Tx tx, String id, Instant now) {
        rows.update(tx, id, now, """
                state = 'deleted', state_reason = null, sealed_kubeconfig = null,
                  deleted_at = :now""").execute();
    }
}
