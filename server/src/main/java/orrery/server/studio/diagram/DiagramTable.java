package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;

/// The SQL of tables `diagram` and `diagram_secret`, and nothing else. Statements are bound to the
/// project of the transaction's grant: another project's diagram is not found.
final class DiagramTable {
    private static final String COLUMNS = """
            id, owner, organization, project, name, description, cluster, status, tags, nodes,
            edges, node_states, current_version, run_count, success_count, failure_count, last_run,
            last_run_at, version, created_at, updated_at""";

    private static final String INSERT = """
            insert into diagram (%s)
            values (:id, :owner, :organization, :project, :name, :description, :cluster, :status,
                    :tags, :nodes, :edges, :nodeStates, :currentVersion, :runCount, :successCount,
                    :failureCount, :lastRun, :lastRunAt, :version, :createdAt, :updatedAt)"""
            .formatted(COLUMNS);

    void insert(Tx tx, Diagram diagram) {
        tx.handle().createUpdate(INSERT)
                .bindMethods(diagram)
                .bind("status", diagram.status().name())
                .bind("tags", Json.of(diagram.tags()))
                .bind("nodes", Json.of(diagram.nodes()))
                .bind("edges", Json.of(diagram.edges()))
                .bind("nodeStates", Json.of(diagram.nodeStates()))
                .execute();
    }

    private static final String FIND = """
            select %s
            from diagram
            where id = :id
              and project = :project
              and deleted_at is null""".formatted(COLUMNS);

    Optional<Diagram> find(Tx tx, String id) {
        return one(tx, FIND, id);
    }

    /// The row, held until the transaction ends.
    Optional<Diagram> lock(Tx tx, String id) {
        return one(tx, FIND + " for update", id);
    }

    private static Optional<Diagram> one(Tx tx, String sql, String id) {
        return tx.handle().createQuery(sql)
                .bind("id", id)
                .bind("project", tx.grant().scope().requireProject())
                .mapTo(Diagram.class)
                .findOne();
    }

    private static final String LOCK_ALL = """
            select %s
            from diagram
            where project = :project
              and deleted_at is null
            order by id
            for update""".formatted(COLUMNS);

    /// All of a project, held until the transaction ends.
    List<Diagram> lockAll(Tx tx, String project) {
        return tx.handle().createQuery(LOCK_ALL).bind("project", project)
                .mapTo(Diagram.class).list();
    }

    private static final String OF_PROJECT = """
            select 'diagram/' || id
            from diagram
            where project = :project
              and deleted_at is null
            order by id
            limit 20""";

    List<String> ofProject(Tx tx, String project) {
        return tx.handle().createQuery(OF_PROJECT).bind("project", project)
                .mapTo(String.class).list();
    }

    private static final Listing<Diagram> LIST = Listing.of(
            Diagram.class, "diagrams", COLUMNS, """
            diagram
            where project = :project
              and deleted_at is null""")
            .time("updatedAt").text("name", "cluster").searching("name", "description")
            .latestFirst("updatedAt");

    Page<Diagram> list(Tx tx, Paging paging, PageAsk ask) {
        return LIST.page(tx, paging, ask, Map.of("project", tx.grant().scope().requireProject()));
    }

    private static final String CHANGE = """
            update diagram
            set name = coalesce(:name, name),
                description = coalesce(:description, description),
                status = coalesce(:status, status),
                nodes = coalesce(cast(:nodes as jsonb), nodes),
                edges = coalesce(cast(:edges as jsonb), edges),
                updated_at = :at,
                version = version + 1
            where id = :id""";

    /// What is `null` stays as it is.
    void change(Tx tx, String id, Diagrams.Change asked, Instant at) {
        var status = asked.status();
        tx.handle().createUpdate(CHANGE)
                .bind("id", id)
                .bind("name", asked.name())
                .bind("description", asked.description())
                .bind("status", status == null ? null : status.name())
                .bind("nodes", asked.nodes() == null ? null : asked.nodes().toString())
                .bind("edges", asked.edges() == null ? null : asked.edges().toString())
                .bind("at", at)
                .execute();
    }

    private static final String NUMBER = """
            update diagram
            set current_version = :number
            where id = :id""";

    /// Which of its versions is the newest. It is no change of what is drawn: the version stays.
    void number(Tx tx, String id, int number) {
        tx.handle().createUpdate(NUMBER).bind("id", id).bind("number", number).execute();
    }

    private static final String BEGIN = """
            update diagram
            set last_run = :run,
                last_run_at = :at,
                run_count = run_count + 1,
                version = version + 1
            where id = :id""";

    void begin(Tx tx, String id, String run, Instant at) {
        tx.handle().createUpdate(BEGIN).bind("id", id).bind("run", run).bind("at", at).execute();
    }

    private static final String LAST_RUN = """
            update diagram
            set last_run = :run,
                version = version + 1
            where id = :id""";

    void lastRun(Tx tx, String id, String run) {
        tx.handle().createUpdate(LAST_RUN).bind("id", id).bind("run", run).execute();
    }

    private static final String SEE = """
            update diagram
            set node_states = node_states || jsonb_build_object(:node, cast(:status as jsonb))
            where id = :id""";

    /// What is seen of a node. It is no change of the diagram: the version stays.
    void see(Tx tx, String id, String node, JsonNode status) {
        tx.handle().createUpdate(SEE)
                .bind("id", id).bind("node", node).bind("status", Json.of(status)).execute();
    }

    private static final String END = """
            update diagram
            set success_count = success_count + :success,
                failure_count = failure_count + :failure,
                version = version + 1
            where id = :id""";

    void end(Tx tx, String id, boolean success) {
        tx.handle().createUpdate(END)
                .bind("id", id)
                .bind("success", success ? 1 : 0)
                .bind("failure", success ? 0 : 1)
                .execute();
    }

    private static final String DELETE = """
            update diagram
            set deleted_at = :at,
                updated_at = :at,
                version = version + 1
            where id = :id""";

    void delete(Tx tx, String id, Instant at) {
        tx.handle().createUpdate(DELETE).bind("id", id).bind("at", at).execute();
    }

    private static final String KEEP = """
            insert into diagram_secret (diagram, node, sealed)
            values (:diagram, :node, :sealed)
            on conflict (diagram, node) do update set sealed = excluded.sealed""";

    void keep(Tx tx, String diagram, String node, byte[] sealed) {
        tx.handle().createUpdate(KEEP)
                .bind("diagram", diagram).bind("node", node).bind("sealed", sealed).execute();
    }

    private static final String KEPT = """
            select node, sealed
            from diagram_secret
            where diagram = :diagram""";

    /// Sealed values by node.
    Map<String, byte[]> kept(Tx tx, String diagram) {
        var kept = new HashMap<String, byte[]>();
        tx.handle().createQuery(KEPT).bind("diagram", diagram)
                .map((row, _) -> Map.entry(row.getString("node"), row.getBytes("sealed")))
                .forEach(entry -> kept.put(entry.getKey(), entry.getValue()));
        return kept;
    }

    private static final String FORGET = """
            delete from diagram_secret
            where diagram = :diagram""";

    void forget(Tx tx, String diagram) {
        tx.handle().createUpdate(FORGET).bind("diagram", diagram).execute();
    }
}
