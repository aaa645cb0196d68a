package orrery.server.compute.deploy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Reach;
import org.jspecify.annotations.Nullable;

/// The SQL of tables `deploy` and `deploy_resource`.
final class DeployTable {
    private static final String COLUMNS = """
            id, organization_id, project_id, region, name, display_name, description, labels,
              stack_id, parameters, replicas, state, state_reason, run_id, version, created_by,
              created_at, updated_at, deleted_at""";

    private static final String SELECT = "select " + COLUMNS + "\nfrom deploy\n";

    private static final Listing<Deploy> OF_PROJECT = listing("""
            deploy
            where project_id = :project
              and region = :region
              and deleted_at is null""");

    private static final Listing<Deploy> WITHIN = listing("""
            deploy
            where region = :region
              and deleted_at is null
              and (:everywhere or organization_id = any(:organizations)
                or project_id = any(:projects))""");

    private static Listing<Deploy> listing(String from) {
        return Listing.of(Deploy.class, "deploys", COLUMNS, from)
                .time("updatedAt").text("name", "createdBy", "stackId", "projectId")
                .oneOf("state", Deploy.State.class)
                .map("labels").searching("name", "displayName");
    }

    private static final String INSERT = """
            insert into deploy (id, organization_id, project_id, region, name, display_name,
              description, labels, stack_id, parameters, replicas, state, run_id, created_by,
              created_at, updated_at)
            values (:id, :organizationId, :projectId, :region, :name, :displayName, :description,
              :labels, :stackId, :parameters, :replicas, lower(:state), :runId, :createdBy,
              :createdAt, :updatedAt)
            on conflict (project_id, name) where deleted_at is null do nothing
            """;

    /// Whether the name was free.
    boolean insert(Tx tx, Deploy deploy) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", deploy.id())
                .bind("organizationId", deploy.organizationId())
                .bind("projectId", deploy.projectId())
                .bind("region", deploy.region())
                .bind("name", deploy.name())
                .bind("displayName", deploy.displayName())
                .bind("description", deploy.description())
                .bind("labels", Json.of(deploy.labels()))
                .bind("stackId", deploy.stackId())
                .bind("parameters", Json.of(deploy.parameters()))
                .bind("replicas", deploy.replicas())
                .bind("state", deploy.state().name())
                .bind("runId", deploy.runId())
                .bind("createdBy", deploy.createdBy())
                .bind("createdAt", deploy.createdAt())
                .bind("updatedAt", deploy.updatedAt())
                .execute() == 1;
    }

    Page<Deploy> list(Tx tx, Paging paging, PageAsk ask, String project, String region) {
        return OF_PROJECT.page(tx, paging, ask, Map.of("project", project, "region", region));
    }

    Page<Deploy> within(Tx tx, Paging paging, PageAsk ask, Reach reach, String region) {
        var bound = new HashMap<String, Object>(reach.bound());
        bound.put("region", region);
        return WITHIN.page(tx, paging, ask, bound);
    }

    Optional<Deploy> find(Tx tx, String project, String region, String idOrName) {
        return tx.handle().createQuery(SELECT + """
                where project_id = :project
                  and region = :region
                  and deleted_at is null
                  and (id = :idOrName or name = :idOrName)
                """)
                .bind("project", project)
                .bind("region", region)
                .bind("idOrName", idOrName)
                .mapTo(Deploy.class).findOne();
    }

    Optional<Deploy> byId(Tx tx, String id) {
        return tx.handle().createQuery(SELECT + "where id = :id")
                .bind("id", id).mapTo(Deploy.class).findOne();
    }

    /// As [#byId], and nobody else changes it until the transaction ends.
    Optional<Deploy> lock(Tx tx, String id) {
        return tx.handle().createQuery(SELECT + "where id = :id for update")
                .bind("id", id).mapTo(Deploy.class).findOne();
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

    /// `deploy/name` of those in a project, a few.
    List<String> ofProject(Tx tx, String project) {
        return few(tx, "'deploy/' || name", "project_id", project);
    }

    /// `deploy/identifier` of those made from a stack, a few.
    List<String> ofStack(Tx tx, String stack) {
        return few(tx, "'deploy/' || id", "stack_id", stack);
    }

    private static List<String> few(Tx tx, String shown, String column, String value) {
        return tx.handle().createQuery("""
                select %s
                from deploy
                where %s = :value
                  and deleted_at is null
                order by name
                limit 20
                """.formatted(shown, column)).bind("value", value).mapTo(String.class).list();
    }

    /// Identifiers of those in a project, in all regions, that are not deleted.
    List<String> inProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select id
                from deploy
                where project_id = :project
                  and deleted_at is null
                order by id
                """).bind("project", project).mapTo(String.class).list();
    }

    Set<String> projectsIn(Tx tx, String region) {
        return tx.handle().createQuery("""
                select distinct project_id
                from deploy
                where region = :region
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).set();
    }

    void describe(Tx tx, String id, NewDeploy to, Instant now) {
        tx.handle().createUpdate("""
                update deploy
                set display_name = :displayName, description = :description, labels = :labels,
                  version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("displayName", to.displayName())
                .bind("description", to.description())
                .bind("labels", Json.of(to.labels()))
                .bind("now", now)
                .execute();
    }

    /// Keeps what it was brought to.
    void bring(Tx tx, Wanted wanted, Instant now) {
        tx.handle().createUpdate("""
                update deploy
                set stack_id = :stack, parameters = :parameters, replicas = :replicas,
                  version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", wanted.deploy())
                .bind("stack", wanted.stack())
                .bind("parameters", Json.of(wanted.parameters()))
                .bind("replicas", wanted.replicas())
                .bind("now", now)
                .execute();
    }

    void mark(Tx tx, String id, Deploy.State state, @Nullable String reason, Instant now) {
        tx.handle().createUpdate("""
                update deploy
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

    void begin(Tx tx, String id, Deploy.State state, String run, Instant now) {
        tx.handle().createUpdate("""
                update deploy
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

    void delete(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update deploy
                set state = 'deleted', state_reason = null, deleted_at = :now,
                  version = version + 1, updated_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
    }
}
