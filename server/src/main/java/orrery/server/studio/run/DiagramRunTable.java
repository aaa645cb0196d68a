package orrery.server.studio.run;

import com.fasterxml.jackson.databind.JsonNode;
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

/// The SQL of tables `diagram_run` and `diagram_object`, and nothing else.
final class DiagramRunTable {
    private static final String INSERT = """
            insert into diagram_run (id, diagram, version, node_states, logs, created_at)
            values (:id, :diagram, :number, '{}', '[]', :at)""";

    void insert(Tx tx, String id, String diagram, int number, Instant at) {
        tx.handle().createUpdate(INSERT)
                .bind("id", id).bind("diagram", diagram).bind("number", number).bind("at", at)
                .execute();
    }

    private static final String FIND = """
            select id, diagram, version as number, node_states, logs, created_at
            from diagram_run
            where id = :id""";

    Optional<DiagramRun> find(Tx tx, String id) {
        return tx.handle().createQuery(FIND).bind("id", id).mapTo(DiagramRun.class).findOne();
    }

    private static final Listing<DiagramRun> LIST = Listing.of(
            DiagramRun.class, "runs of a diagram",
            "id, diagram, version as number, node_states, logs, created_at", """
            diagram_run
            where diagram = :diagram""");

    Page<DiagramRun> list(Tx tx, Paging paging, PageAsk ask, String diagram) {
        return LIST.page(tx, paging, ask, Map.of("diagram", diagram));
    }

    private static final String SEE = """
            update diagram_run
            set node_states = node_states || jsonb_build_object(:node, cast(:status as jsonb)),
                logs = case when jsonb_array_length(logs) < :most
                            then logs || jsonb_build_array(:line) else logs end
            where id = :id
              and node_states -> :node is distinct from cast(:status as jsonb)""";
    private static final int MOST_LINES = 10_000;

    /// @param line for the run's log
    /// @return whether that is news
    boolean see(Tx tx, String id, String node, JsonNode status, String line) {
        return tx.handle().createUpdate(SEE)
                .bind("id", id)
                .bind("node", node)
                .bind("status", Json.of(status))
                .bind("line", line)
                .bind("most", MOST_LINES)
                .execute() == 1;
    }

    /// One object that a run has put on a cluster, or is about to.
    ///
    /// @param position in the order of creation
    public record Placed(String cluster, String apiVersion, String kind, String namespace,
            String name, String node, int position) {
        /// What it is on its cluster, whichever node it belongs to.
        List<String> identity() {
            return List.of(apiVersion, kind, namespace, name);
        }
    }

    private static final String PLACE = """
            insert into diagram_object
                (diagram, cluster, api_version, kind, namespace, name, node, position)
            values (:diagram, :cluster, :apiVersion, :kind, :namespace, :name, :node, :position)
            on conflict (diagram, cluster, api_version, kind, namespace, name)
            do update set node = excluded.node, position = excluded.position""";

    void place(Tx tx, String diagram, List<Placed> objects) {
        if (objects.isEmpty()) {
            return;
        }
        var batch = tx.handle().prepareBatch(PLACE);
        objects.forEach(object -> batch.bind("diagram", diagram).bindMethods(object).add());
        batch.execute();
    }

    private static final String PLACED = """
            select cluster, api_version, kind, namespace, name, node, position
            from diagram_object
            where diagram = :diagram
            order by position desc, name""";

    /// Everything, the last created first.
    List<Placed> placed(Tx tx, String diagram) {
        return tx.handle().createQuery(PLACED)
                .bind("diagram", diagram).mapTo(Placed.class).list();
    }

    private static final String GONE = """
            delete from diagram_object
            where diagram = :diagram
              and cluster = :cluster
              and api_version = :apiVersion
              and kind = :kind
              and namespace = :namespace
              and name = :name""";

    void gone(Tx tx, String diagram, Placed object) {
        tx.handle().createUpdate(GONE).bind("diagram", diagram).bindMethods(object).execute();
    }
}
