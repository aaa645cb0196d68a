package orrery.server.platform.inference;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Reach;
import org.jspecify.annotations.Nullable;

/// The SQL of table `inference_endpoint`.
final class EndpointTable {
    /// All but the sealed settings, which only [#sealed] hands out.
    private static final String COLUMNS = """
            id, organization_id, project_id, region, name, display_name, description, labels,
              state, state_reason, serving, ready_replicas, endpoint_url, run_id, version,
              created_by, created_at, updated_at, deleted_at""";

    private static final String SELECT = "select " + COLUMNS + "\nfrom inference_endpoint\n";

    private static final Listing<Endpoint> IN_PROJECT = listing("""
            inference_endpoint
            where project_id = :project
              and region = :region
              and deleted_at is null""");

    private static final Listing<Endpoint> WITHIN = listing("""
            inference_endpoint
            where region = :region
              and deleted_at is null
              and (:everywhere or organization_id = any(:organizations)
                or project_id = any(:projects))""");

    private static final String INSERT = """
            insert into inference_endpoint (id, organization_id, project_id, region, name,
              display_name, description, labels, engine, state, serving, sealed_settings, run_id,
              created_by, created_at, updated_at)
            values (:id, :organizationId, :projectId, :region, :name, :displayName, :description,
              :labels, lower(:engine), lower(:state), :serving, :sealed, :runId, :createdBy,
              :createdAt, :updatedAt)
            on conflict (project_id, region, name) where deleted_at is null do nothing
            """;

    private static Listing<Endpoint> listing(String from) {
        return Listing.of(Endpoint.class, "inference endpoints", COLUMNS, from)
                .time("updatedAt").text("name", "createdBy", "projectId", "organizationId")
                .oneOf("state", Endpoint.State.class).oneOf("engine", Serving.Engine.class)
                .map("labels").searching("name", "displayName");
    }

    /// Whether the name was free.
    boolean insert(Tx tx, Endpoint endpoint, byte @Nullable [] sealed) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", endpoint.id())
                .bind("organizationId", endpoint.organizationId())
                .bind("projectId", endpoint.projectId())
                .bind("region", endpoint.region())
                .bind("name", endpoint.name())
                .bind("displayName", endpoint.displayName())
                .bind("description", endpoint.description())
                .bind("labels", Json.of(endpoint.labels()))
                .bind("engine", endpoint.serving().engine().name())
                .bind("state", endpoint.state().name())
                .bind("serving", Json.of(endpoint.serving()))
                .bind("sealed", sealed)
                .bind("runId", endpoint.runId())
                .bind("createdBy", endpoint.createdBy())
                .bind("createdAt", endpoint.createdAt())
                .bind("updatedAt", endpoint.updatedAt())
                .execute() == 1;
    }

    /// One in a project and a region, by identifier or name.
    Optional<Endpoint> find(Tx tx, String project, String region, String idOrName) {
        return tx.handle().createQuery(SELECT + """
                where project_id = :project
                  and region = :region
                  and deleted_at is null
                  and (id = :idOrName or name = :idOrName)
                """)
                .bind("project", project)
                .bind("region", region)
                .bind("idOrName", idOrName)
                .mapTo(Endpoint.class).findOne();
    }

    Optional<Endpoint> byId(Tx tx, String id) {
        return tx.handle().createQuery(SELECT + "where id = :id")
                .bind("id", id).mapTo(Endpoint.class).findOne();
    }

    /// As [#byId], and nobody else changes it until the transaction ends.
    Optional<Endpoint> lock(Tx tx, String id) {
        return tx.handle().createQuery(SELECT + "where id = :id for update")
                .bind("id", id).mapTo(Endpoint.class).findOne();
    }

    Page<Endpoint> list(Tx tx, Paging paging, PageAsk ask, String project, String region) {
        return IN_PROJECT.page(tx, paging, ask, Map.of("project", project, "region", region));
    }

    Page<Endpoint> within(Tx tx, Paging paging, PageAsk ask, Reach reach, String region) {
        var bound = new HashMap<>(reach.bound());
        bound.put("region", region);
        return WITHIN.page(tx, paging, ask, bound);
    }

    /// Those of a region that the management cluster should know.
    List<String> alive(Tx tx, String region) {
        return tx.handle().createQuery("""
                select id
                from inference_endpoint
                where region = :region
                  and state in ('ready', 'idle', 'degraded')
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).list();
    }

    List<Endpoint> all(Tx tx, Collection<String> ids) {
        return tx.handle().createQuery(SELECT + "where id = any(:ids)")
                .bindArray("ids", String.class, ids).mapTo(Endpoint.class).list();
    }

    /// `inference/name` of those in a project, a few.
    List<String> ofProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select 'inference/' || name
                from inference_endpoint
                where project_id = :project
                  and deleted_at is null
                order by name
                limit 20
                """).bind("project", project).mapTo(String.class).list();
    }

    /// Identifiers of those in a project, in all regions, that are not deleted.
    List<String> inProject(Tx tx, String project) {
        return tx.handle().createQuery("""
                select id
                from inference_endpoint
                where project_id = :project
                  and deleted_at is null
                order by id
                """).bind("project", project).mapTo(String.class).list();
    }

    Set<String> projectsIn(Tx tx, String region) {
        return tx.handle().createQuery("""
                select distinct project_id
                from inference_endpoint
                where region = :region
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).set();
    }

    Optional<byte[]> sealed(Tx tx, String id) {
        return tx.handle().createQuery("""
                select sealed_settings
                from inference_endpoint
                where id = :id
                  and sealed_settings is not null
                """).bind("id", id).mapTo(byte[].class).findOne();
    }

    void describe(Tx tx, String id, Endpoints.Change change, Instant now) {
        tx.handle().createUpdate("""
                update inference_endpoint
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

    void mark(Tx tx, String id, Endpoint.State state, @Nullable String reason, Instant now) {
        tx.handle().createUpdate("""
                update inference_endpoint
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

    void begin(Tx tx, String id, Endpoint.State state, String run, Instant now) {
        tx.handle().createUpdate("""
                update inference_endpoint
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

    void observe(Tx tx, String id, int readyReplicas, @Nullable String url, Instant now) {
        tx.handle().createUpdate("""
                update inference_endpoint
                set ready_replicas = :replicas, endpoint_url = coalesce(:url, endpoint_url),
                  version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("replicas", readyReplicas)
                .bind("url", url)
                .bind("now", now)
                .execute();
    }

    void serve(Tx tx, String id, Serving serving, Instant now) {
        tx.handle().createUpdate("""
                update inference_endpoint
                set serving = :serving, version = version + 1, updated_at = :now
                where id = :id
                """)
                .bind("id", id)
                .bind("serving", Json.of(serving))
                .bind("now", now)
                .execute();
    }

    void seal(Tx tx, String id, byte[] sealed) {
        tx.handle().createUpdate("""
                update inference_endpoint
                set sealed_settings = :sealed
                where id = :id
                """).bind("id", id).bind("sealed", sealed).execute();
    }

    void delete(Tx tx, String id, Instant now) {
        tx.handle().createUpdate("""
                update inference_endpoint
                set state = 'deleted', state_reason = null, sealed_settings = null,
                  ready_replicas = 0, endpoint_url = null, deleted_at = :now,
                  version = version + 1, updated_at = :now
                where id = :id
                """).bind("id", id).bind("now", now).execute();
    }
}
