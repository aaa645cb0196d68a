package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.durable.Runs;
import orrery.kit.durable.SagaType;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;
import orrery.server.studio.diagram.Diagram.Status;
import orrery.server.tenancy.project.Contents;
import orrery.server.tenancy.project.Projects;

/// What may be done with diagrams, but for running them.
@Singleton
public final class Diagrams implements Contents {
    public static final String KIND = "diagram";

    /// Types of the events that tell how a deployment goes.
    public static final String NODE_EVENT = "diagram.node";
    public static final String RUN_EVENT = "diagram.run";

    public static final SealedColumn SEALED =
            new SealedColumn("diagram_secret", "diagram || '/' || node", "sealed");
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_DESCRIPTION = 4_096;

    private final DiagramTable table = new DiagramTable();
    private final Database database;
    private final Projects projects;
    private final Sealing sealing;
    private final Events events;
    private final Runs runs;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Diagrams(Database database, Projects projects, Sealing sealing, Events events,
            Runs runs, Paging paging, Ids ids, Clock clock) {
        this.database = database;
        this.projects = projects;
        this.sealing = sealing;
        this.events = events;
        this.runs = runs;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// Takes everything that a diagram's runs made off the clusters again.
    ///
    /// @param earlier the run that worked on the diagram and is being cancelled, if one did
    public record Removal(String diagram, @Nullable String earlier) {}

    public static final SagaType<Removal> REMOVE = new SagaType<>("diagram.remove", Removal.class);

    /// The values of one secret node, as they are sealed.
    private record Values(Map<String, String> values) {}

    /// What a new diagram shall be.
    ///
    /// @param nodes an array of the wire, or `null`
    /// @param edges an array of the wire, or `null`
    public record New(String name, String description, String cluster, List<String> tags,
            @Nullable JsonNode nodes, @Nullable JsonNode edges) {
        public New {
            tags = List.copyOf(tags);
            check(name, description, nodes, edges)
                    .unless(!cluster.isBlank(), "cluster_id", "must name a cluster")
                    .orRefuse();
        }

        /// What is wrong with it, but for its cluster.
        static Mistakes check(String name, String description,
                @Nullable JsonNode nodes, @Nullable JsonNode edges) {
            return new Mistakes()
                    .unless(!name.isBlank() && name.length() <= LONGEST_NAME, "name",
                            "must have 1 to " + LONGEST_NAME + " characters")
                    .unless(description.length() <= LONGEST_DESCRIPTION, "description",
                            "must have at most " + LONGEST_DESCRIPTION + " characters")
                    .unless(isListOrNone(nodes), "nodes", "must be a list")
                    .unless(isListOrNone(edges), "edges", "must be a list");
        }

        private static boolean isListOrNone(@Nullable JsonNode given) {
            return given == null || given.isNull() || given.isMissingNode() || given.isArray();
        }
    }

    /// One page, the last changed first.
    public Page<Diagram> list(Grant grant, PageAsk ask) {
        return database.read(grant, tx -> table.list(tx, paging, ask));
    }

    /// @throws Problem.Failure [Problem.NotFound] when the caller's project has no such diagram
    public Diagram get(Grant grant, String id) {
        return database.read(grant, tx -> get(tx, id));
    }

    public Diagram get(Tx tx, String id) {
        return table.find(tx, id).orElseThrow(() -> new Problem.NotFound(KIND, id).raise());
    }

    /// As [#get], and nobody else changes it until the transaction ends.
    public Diagram lock(Tx tx, String id) {
        return table.lock(tx, id).orElseThrow(() -> new Problem.NotFound(KIND, id).raise());
    }

    /// Adds a diagram.
    ///
    /// @param secrets values by secret node and key; they are sealed
    public Diagram create(
            Tx tx, New asked, Map<String, Map<String, String>> secrets) {
        var now = clock.instant();
        var scope = tx.grant().scope();
        projects.hold(tx, scope);
        var diagram = new Diagram(ids.next("dgm"), tx.grant().principal().id(),
                scope.requireOrganization(), scope.requireProject(), asked.name().strip(),
                asked.description().strip(), asked.cluster(), Status.DRAFT, asked.tags(),
                DiagramTable.array(asked.nodes()), DiagramTable.array(asked.edges()),
                JsonNodeFactory.instance.objectNode(), 1, 0, 0, 0, null, null, 1, now, now);
        table.insert(tx, diagram);
        secrets.forEach((node, values) -> table.keep(tx, diagram.id(), node,
                sealing.seal(Json.write(new Values(values)),
                        SEALED.at(diagram.id() + "/" + node))));
        events.append(tx, event("diagram.created", diagram));
        return diagram;
    }

    public Diagram create(Grant grant, New asked) {
        return database.tx(grant, tx -> create(tx, asked, Map.of()));
    }

    /// Publishes a diagram, archives it or makes it a draft again. What an archived one has on
    /// clusters is taken away by a run.
    public Diagram changeStatus(Grant grant, String id, Status status) {
        return database.tx(grant, tx -> {
            var diagram = lock(tx, id);
            if (status == Status.ARCHIVED) {
                remove(tx, diagram);
            }
            table.mark(tx, id, status, clock.instant());
            events.append(tx, event("diagram.updated", diagram));
            return get(tx, id);
        });
    }

    /// Deletes a diagram, and by a run what it has on clusters.
    public void delete(Grant grant, String id) {
        database.write(grant, tx -> {
            delete(tx, lock(tx, id));
        });
    }

    /// @return the run that removes what it has on clusters; empty when it never had anything
    private Optional<String> delete(Tx tx, Diagram diagram) {
        var removal = remove(tx, diagram);
        table.forget(tx, diagram.id());
        table.delete(tx, diagram.id(), clock.instant());
        events.append(tx, event("diagram.deleted", diagram));
        return removal;
    }

    @Override
    public List<String> of(Tx tx, Scope project) {
        return table.ofProject(tx, project.requireProject());
    }

    @Override
    public Layer layer() {
        return Layer.WORKLOADS;
    }

    @Override
    public List<String> clear(Tx tx, Scope project) {
        return table.lockAll(tx, project.requireProject()).stream()
                .flatMap(diagram -> delete(tx, diagram).stream()).toList();
    }

    /// Starts the removal of what runs have made, unless one is under way. A run that is still at
    /// work is cancelled first, and the removal waits for its end.
    private Optional<String> remove(Tx tx, Diagram diagram) {
        var last = diagram.lastRun();
        if (last == null) {
            return Optional.empty();
        }
        var run = runs.get(tx, last);
        if (run.type().equals(REMOVE.name()) && !run.status().isOver()) {
            return Optional.of(last);
        }
        var earlier = run.status().isOver() ? null : last;
        if (earlier != null) {
            runs.stop(tx, earlier);
        }
        var removal = runs.startBeside(tx, REMOVE, new Removal(diagram.id(), earlier),
                new Subject(KIND, diagram.id()), diagram.scope());
        table.lastRun(tx, diagram.id(), removal);
        return Optional.of(removal);
    }

    /// Notes that a run begins, and which version of the diagram it deploys.
    public void begin(Tx tx, String id, String run, int number) {
        table.begin(tx, id, run, number, clock.instant());
    }

    /// Notes how a node is doing on the cluster, and tells those who watch the diagram.
    public void see(Tx tx, String id, String run, Node node, NodeStatus seen) {
        table.see(tx, id, node.id(), seen.toJson());
        events.append(tx, NewEvent.of(NODE_EVENT, new Subject(KIND, id), Map.of(
                "node_id", node.id(), "type", node.type(), "status", seen.toJson(),
                "run_id", run)));
    }

    /// Notes how a run ended, and tells those who watch the diagram.
    public void end(Tx tx, String id, String run, boolean success) {
        table.end(tx, id, success);
        events.append(tx, NewEvent.of(RUN_EVENT, new Subject(KIND, id), Map.of(
                "run_id", run, "status", success ? "completed" : "failed")));
    }

    /// The kept values of the diagram's secret nodes, opened.
    public Map<String, Map<String, String>> secrets(Tx tx, String id) {
        var secrets = new HashMap<String, Map<String, String>>();
        table.kept(tx, id).forEach((node, sealed) -> secrets.put(node, Json.read(
                sealing.open(sealed, SEALED.at(id + "/" + node)), Values.class).values()));
        return secrets;
    }

    private static NewEvent event(String type, Diagram diagram) {
        return new NewEvent(type, new Subject(KIND, diagram.id()), diagram.scope(),
                Map.of("name", diagram.name()));
    }
}
