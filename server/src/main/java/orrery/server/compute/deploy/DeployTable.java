package orrery.server.compute.deploy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.http.ProjectRows;
import orrery.server.iam.policy.Reach;

/// The SQL of tables `deploy` and `deploy_resource`.
final class DeployTable {
    private static final String COLUMNS = """
            id, organization_id, project_id, region, name, display_name, description, labels,
              stack_id, parameters, replicas, state, state_reason, run_id, version, created_by,
              created_at, updated_at, deleted_at""";

    private static final Listing<Deploy> LIST = Listing.of(Deploy.class, "deploys", COLUMNS, """
            deploy
            where deleted_at is null""")
            .time("updatedAt").text("name", "createdBy", "stackId", "projectId", "region")
            .oneOf("state", Deploy.State.class)
            .map("labels").searching("name", "displayName");

    private static final String INSERT = """
            insert into deploy (id, organization_id, project_id, region, name, display_name,
              description, labels, stack_id, parameters, replicas, state, run_id, created_by,
              created_at, updated_at)
            values (:id, :organizationId, :projectId, :region, :name, :displayName, :description,
              :labels, :stackId, :parameters, :replicas, lower(:state), :runId, :createdBy,
              :createdAt, :updatedAt)
            on conflict (project_id, name) where deleted_at is null do nothing
            """;

    final ProjectRows<Deploy> rows = new ProjectRows<>(
            Deploy.class, Deploys.KIND, "deploy", COLUMNS);

    /// Whether the name was free.
    boolean insert(Tx tx, Deploy deploy) {
        return tx.handle().createUpdate(INSERT).bindMethods(deploy).execute() == 1;
    }

    /// @param region `null` for all
    Page<Deploy> list(
            Tx tx, Paging paging, PageAsk ask, Reach reach, @Nullable String region) {
        return reach.page(LIST, tx, paging, ask, region);
    }

    /// What was made for deploys, in order of positions.
    Map<String, List<Deploy.Resource>> resources(Tx tx, Collection<String> deploys) {
        var all = new TreeMap<String, List<Deploy.Resource>>();
        tx.handle().createQuery("""
                select deploy_id, position, kind, resource_id
                from deploy_resource
                where deploy_id = any(:deploys)
                order by deploy_id, position
                """).bindArray("deploys", String.class, deploys)
                .map((row, context) -> Map.entry(row.getString(1), new Deploy.Resource(
                        row.getInt(2), row.getString(3), row.getString(4))))
                .forEach(one -> all.computeIfAbsent(
                        one.getKey(), _ -> new ArrayList<>()).add(one.getValue()));
        return all;
    }

    void place(Tx tx, String deploy, Deploy.Resource resource) {
        tx.handle().createUpdate("""
                insert into deploy_resource (deploy_id, position, kind, resource_id)
                values (:deploy, :position, :kind, :resource)
                on conflict (deploy_id, position) do update
                set kind = :kind, resource_id = :resource
                """)
                .bind("deploy", deploy)
                .bind("position", resource.position())
                .bind("kind", resource.kind())
                .bind("resource", resource.resourceId())
                .execute();
    }

    /// `deploy/identifier` of those made from a stack, a few.
    List<String> ofStack(Tx tx, String stack) {
        return tx.handle().createQuery("""
                select 'deploy/' || id
                from deploy
                where stack_id = :stack
                  and deleted_at is null
                order by name
                limit 20
                """).bind("stack", stack).mapTo(String.class).list();
    }

    /// Identifiers of those that run, and of which something is lost, a few.
    List<String> broken(Tx tx, int limit) {
        return tx.handle().createQuery("""
                select distinct deploy.id
                from deploy
                join deploy_resource on deploy_id = deploy.id and position <= replicas
                left join cluster on cluster.id = resource_id
                left join instance on instance.id = resource_id
                left join inference_endpoint on inference_endpoint.id = resource_id
                where deploy.state = 'running'
                  and coalesce(cluster.state, instance.state, inference_endpoint.state)
                    in ('failed', 'delete_failed', 'deleted')
                order by deploy.id
                limit :limit
                """).bind("limit", limit).mapTo(String.class).list();
    }

    /// Keeps what it was brought to.
    void bring(Tx tx, Wanted wanted, Instant now) {
        rows.update(tx, wanted.deploy(), now, """
                stack_id = :stack, parameters = :parameters, replicas = :replicas""")
                .bind("stack", wanted.stack())
                .bind("parameters", Json.of(wanted.parameters()))
                .bind("replicas", wanted.replicas())
                .execute();
    }

    void delete(Tx tx, String id, Instant now) {
        rows.update(tx, id, now, "state = 'deleted', state_reason = null, deleted_at = :now")
                .execute();
    }
}
