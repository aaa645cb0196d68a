package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
import orrery.kit.http.IfMatch;
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
                Drawing.nodes(asked.nodes()), Drawing.list(asked.edges()),
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

    /// What shall be different; `null` leaves a thing as it is. What an archived one has on
    /// clusters is taken away by a run.
    public record Change(@Nullable String name, @Nullable String description,
            @Nullable Status status, @Nullable JsonNode nodes, @Nullable JsonNode edges) {
        public Change {
            New.check(name == null ? "-" : name, description == null ? "" : description,
                    nodes, edges).orRefuse();
            name = name == null ? null : name.strip();
            description = description == null ? null : description.strip();
            nodes = nodes == null || nodes.isNull() ? null : Drawing.nodes(nodes);
            edges = edges == null || edges.isNull() ? null : Drawing.list(edges);
        }

        static Change to(Status status) {
            return new Change(null, null, status, null, null);
        }
    }

    /// Changes a diagram.
    ///
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.PreconditionFailed] when it is another by now
    public Diagram change(Grant grant, String id, Change asked, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var diagram = lock(tx, id);
            IfMatch.verify(KIND, id, diagram.version(), expected);
            return change(tx, diagram, asked);
        });
    }

    private Diagram change(Tx tx, Diagram diagram, Change asked) {
        if (asked.status() == Status.ARCHIVED) {
            remove(tx, diagram);
        }
        table.change(tx, diagram.id(), asked, clock.instant());
        events.append(tx, event("diagram.updated", diagram));
        return get(tx, diagram.id());
    }

    /// Draws something else.
    ///
    /// @param diagram held by the transaction
    public Diagram draw(Tx tx, Diagram diagram, JsonNode nodes, JsonNode edges) {
        return change(tx, diagram, new Change(null, null, null, nodes, edges));
    }

    /// Notes which of its versions is the newest.
    public void numbered(Tx tx, Diagram diagram, int number) {
        table.number(tx, diagram.id(), number);
    }

    /// A draft of another name that is drawn alike, with the values of its secret nodes.
    public Diagram copy(Grant grant, String id, String name) {
        return database.tx(grant, tx -> {
            var of = get(tx, id);
            var description = of.description() + " (Cloned)";
            return create(tx, new New(name, description.length() > LONGEST_DESCRIPTION
                    ? of.description() : description.strip(), of.cluster(), of.tags(),
                    of.nodes(), of.edges()), secrets(tx, id));
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

    /// Notes that a run begins.
    public void begin(Tx tx, String id, String run) {
        table.begin(tx, id, run, clock.instant());
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
