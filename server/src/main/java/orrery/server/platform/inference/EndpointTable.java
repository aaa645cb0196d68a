package orrery.server.platform.inference;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.http.ProjectRows;
import orrery.server.iam.policy.Reach;
import org.jspecify.annotations.Nullable;

/// The SQL of table `inference_endpoint`.
final class EndpointTable {
    /// All but the sealed settings.
    private static final String COLUMNS = """
            id, organization_id, project_id, region, cluster_id, name, display_name, description,
              labels, state, state_reason, serving, ready_replicas, endpoint_url, run_id, version,
              created_by, created_at, updated_at, deleted_at""";

    private static final Listing<Endpoint> LIST = Listing.of(
            Endpoint.class, "inference endpoints", COLUMNS, """
            inference_endpoint
            where deleted_at is null""")
            .time("updatedAt").text("name", "createdBy", "projectId", "organizationId",
                    "clusterId", "region")
            .oneOf("state", Endpoint.State.class).oneOf("engine", Serving.Engine.class)
            .map("labels").searching("name", "displayName");

    private static final String INSERT = """
            insert into inference_endpoint (id, organization_id, project_id, region, cluster_id,
              name, display_name, description, labels, engine, state, serving, sealed_settings,
              run_id, created_by, created_at, updated_at)
            values (:id, :organizationId, :projectId, :region, :clusterId, :name, :displayName,
              :description, :labels, lower(:engine), lower(:state), :serving, :sealed, :runId,
              :createdBy, :createdAt, :updatedAt)
            on conflict (project_id, region, name) where deleted_at is null do nothing
            """;

    final ProjectRows<Endpoint> rows = new ProjectRows<>(
            Endpoint.class, Endpoints.KIND, "inference_endpoint", COLUMNS);

    /// Whether the name was free.
    boolean insert(Tx tx, Endpoint endpoint, byte @Nullable [] sealed) {
        return tx.handle().createUpdate(INSERT)
                .bindMethods(endpoint)
                .bind("engine", endpoint.serving().engine())
                .bind("sealed", sealed)
                .execute() == 1;
    }

    /// @param region `null` for all
    Page<Endpoint> list(
            Tx tx, Paging paging, PageAsk ask, Reach reach, @Nullable String region) {
        return reach.page(LIST, tx, paging, ask, region);
    }

    /// Those of a region that its management cluster should know.
    List<String> alive(Tx tx, String region) {
        return tx.handle().createQuery("""
                select id
                from inference_endpoint
                where region = :region
                  and cluster_id is null
                  and state in ('ready', 'idle', 'degraded')
                  and deleted_at is null
                """).bind("region", region).mapTo(String.class).list();
    }

    /// As [#alive], of those that clusters should know, by cluster.
    Map<String, List<String>> onClusters(Tx tx) {
        var all = new TreeMap<String, List<String>>();
        tx.handle().createQuery("""
                select cluster_id, id
                from inference_endpoint
                where cluster_id is not null
                  and state in ('ready', 'idle', 'degraded')
                  and deleted_at is null
                """)
                .map((row, _) -> Map.entry(row.getString(1), row.getString(2)))
                .forEach(one -> all.computeIfAbsent(
                        one.getKey(), _ -> new ArrayList<>()).add(one.getValue()));
        return all;
    }

    void observe(Tx tx, String id, int readyReplicas, @Nullable String url, Instant now) {
        rows.update(tx, id, now, """
                ready_replicas = :replicas, endpoint_url = coalesce(:url, endpoint_url)""")
                .bind("replicas", readyReplicas).bind("url", url).execute();
    }

    void serve(Tx tx, String id, Serving serving, Instant now) {
        rows.update(tx, id, now, "serving = :serving")
                .bind("serving", Json.of(serving)).execute();
    }

    void seal(Tx tx, String id, byte[] sealed) {
        tx.handle().createUpdate("""
                update inference_endpoint
                set sealed_settings = :sealed
                where id = :id
                """).bind("id", id).bind("sealed", sealed).execute();
    }

    void delete(Tx tx, String id, Instant now) {
        rows.update(tx, id, now, """
                state = 'deleted', state_reason = null, sealed_settings = null,
                  ready_replicas = 0, endpoint_url = null, deleted_at = :now""").execute();
    }
}
