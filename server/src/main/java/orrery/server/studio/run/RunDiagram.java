package orrery.server.studio.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import orrery.kit.db.Database;
import orrery.kit.db.Jsonb;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeView;
import orrery.kit.secret.Secret;
import orrery.server.compute.cluster.Clusters;
import orrery.server.studio.diagram.ApiVersions;
import orrery.server.studio.diagram.Diagrams;
import orrery.server.studio.diagram.Draft;
import orrery.server.studio.diagram.Drawing;
import orrery.server.studio.diagram.Manifest;
import orrery.server.studio.diagram.Manifests;
import orrery.server.studio.diagram.Node;
import orrery.server.studio.diagram.NodeStatus;
import orrery.server.studio.run.DiagramRunTable.Placed;
import orrery.server.studio.version.DiagramVersions;

/// Deploys a diagram: its objects in the order of its edges, and each workload that others wait
/// for is up before they begin.
///
/// What was there before the run stays when it fails: only objects that the run created go again.
/// What earlier versions had and this one has not goes last, when all else is well.
@Singleton
final class RunDiagram implements Saga<RunDiagram.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("diagram.run", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofMinutes(20)).withPoll(Duration.ofSeconds(1)));

    /// The run that created an object, as opposed to the one that wrote it last.
    private static final String CREATED_BY = "orrery.dev/created-by";

    /// @param diagram its identifier
    /// @param number the version that is deployed
    /// @param cluster identifier of the target
    /// @param values given for this run alone, as [TriggerValues] JSON
    record Input(String diagram, int number, String cluster, Secret values) {}

    /// What the version says; later strokes are for later runs.
    record Drawn(@Jsonb JsonNode nodes, @Jsonb JsonNode edges) {
        Drawing drawing() {
            return Drawing.read(nodes, edges);
        }
    }

    private final Diagrams diagrams;
    private final DiagramVersions versions;
    private final RemoveDiagram removal;
    private final DiagramRunTable table = new DiagramRunTable();
    private final Clusters clusters;
    private final KubeClients clients;
    private final Database database;

    RunDiagram(Diagrams diagrams, DiagramVersions versions, RemoveDiagram removal,
            Clusters clusters, KubeClients clients, Database database) {
        this.diagrams = diagrams;
        this.versions = versions;
        this.removal = removal;
        this.clusters = clusters;
        this.clients = clients;
        this.database = database;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        var run = steps.fence().run();
        var drawn = steps.tx("begin", Drawn.class,
                tx -> {
                    var kept = versions.get(tx, in.diagram(), in.number());
                    return new Drawn(kept.nodes(), kept.edges());
                },
                tx -> diagrams.end(tx, in.diagram(), run, false));
        var versions = steps.run("ask what the cluster serves", ApiVersions.class,
                () -> versions(view(steps, in)));
        var draft = draft(steps, in, drawn, versions);
        steps.tx("plan", tx -> table.place(tx, in.diagram(), objects(in, draft)));
        for (var namespace : namespaces(draft)) {
            steps.run("make namespace " + namespace,
                    () -> kube(steps, in).ensure(namespace(namespace)));
        }
        for (var node : draft.order()) {
            steps.run("apply " + node.id(),
                    () -> apply(steps, in, draft.of(node)),
                    () -> takeBack(steps, in, draft.of(node)));
            if (isAwaited(drawn.drawing(), node)) {
                settle(steps, in, draft, node);
            }
        }
        for (var node : draft.order()) {
            if (!isAwaited(drawn.drawing(), node)) {
                settle(steps, in, draft, node);
            }
        }
        var past = steps.tx("see what is drawn no more", RemoveDiagram.Objects.class,
                tx -> new RemoveDiagram.Objects(past(table.placed(tx, in.diagram()), in, draft)));
        past.placed().forEach(object -> removal.remove(steps, in.diagram(), object));
        steps.tx("finish", tx -> diagrams.end(tx, in.diagram(), run, true));
    }

    /// What earlier runs have put on this cluster and the version does not have. Claims stay until
    /// the diagram goes: what they hold cannot be drawn again.
    private static List<Placed> past(List<Placed> placed, Input in, Draft draft) {
        var now = objects(in, draft).stream().map(Placed::identity).collect(Collectors.toSet());
        return placed.stream().filter(it -> it.cluster().equals(in.cluster())
                && !it.kind().equals("PersistentVolumeClaim")
                && !now.contains(it.identity())).toList();
    }

    private Draft draft(Steps steps, Input in, Drawn drawn, ApiVersions versions) {
        var kept = database.read(steps.grant(), tx -> diagrams.secrets(tx, in.diagram()));
        var given = TriggerValues.read(in.values());
        return Manifests.draft(drawn.drawing(),
                given.over(in.diagram(), versions, kept)).orRefuse();
    }

    private static ApiVersions versions(KubeView view) {
        var isOld = view.kind("batch/v1", "CronJob").isEmpty();
        return isOld ? ApiVersions.V1_20 : ApiVersions.CURRENT;
    }

    private static List<Placed> objects(Input in, Draft draft) {
        var placed = new ArrayList<Placed>();
        for (var manifest : draft.manifests()) {
            placed.add(new Placed(in.cluster(), manifest.apiVersion(),
                    manifest.kind(), manifest.namespace(), manifest.name(), manifest.node(),
                    placed.size()));
        }
        return placed;
    }

    private static Set<String> namespaces(Draft draft) {
        var namespaces = new LinkedHashSet<String>();
        draft.manifests().forEach(manifest -> namespaces.add(manifest.namespace()));
        namespaces.remove("default");
        return namespaces;
    }

    private static ObjectNode namespace(String name) {
        var namespace = JsonNodeFactory.instance.objectNode();
        namespace.put("apiVersion", "v1").put("kind", "Namespace");
        namespace.putObject("metadata").put("name", name);
        return namespace;
    }

    private void apply(Steps steps, Input in, List<Manifest> manifests) {
        var kube = kube(steps, in);
        for (var manifest : manifests) {
            var creator = find(kube.view(), manifest)
                    .map(RunDiagram::creator)
                    .orElse(steps.fence().run());
            var object = manifest.object().deepCopy();
            object.withObjectProperty("metadata").withObjectProperty("annotations")
                    .put(CREATED_BY, creator);
            kube.apply(object);
        }
    }

    private void takeBack(Steps steps, Input in, List<Manifest> manifests) {
        var kube = kube(steps, in);
        for (var manifest : manifests.reversed()) {
            find(kube.view(), manifest)
                    .filter(found -> creator(found).equals(steps.fence().run()))
                    .ifPresent(_ -> kube.delete(kind(kube.view(), manifest).orElseThrow(),
                            manifest.namespace(), manifest.name()));
        }
    }

    /// The run that created an object; empty when none did.
    static String creator(JsonNode object) {
        return object.path("metadata").path("annotations").path(CREATED_BY).asText();
    }

    /// Whether another workload begins only when this one is up.
    private static boolean isAwaited(Drawing drawing, Node node) {
        return isWorkload(node) && drawing.edges().stream()
                .filter(edge -> edge.source().equals(node.id()))
                .map(edge -> drawing.node(edge.target()))
                .flatMap(Optional::stream)
                .anyMatch(RunDiagram::isWorkload);
    }

    private static boolean isWorkload(Node node) {
        return orrery.server.studio.diagram.Kind.of(node)
                .filter(orrery.server.studio.diagram.Kind::isWorkload).isPresent();
    }

    private void settle(Steps steps, Input in, Draft draft, Node node) {
        steps.await("see " + node.id() + " settle", () -> {
            var main = main(node, draft.of(node));
            if (main.isEmpty()) {
                return true;
            }
            var seen = NodeStatus.of(
                    orrery.server.studio.diagram.Kind.of(node).orElseThrow(),
                    find(view(steps, in), main.get()).<JsonNode>map(it -> it)
                            .orElse(MissingNode.getInstance()));
            var run = steps.fence().run();
            database.write(steps.grant(), tx -> {
                // A run that waits for long begins anew each time it looks: the table remembers.
                if (table.see(tx, run, node.id(), seen.toJson(),
                        node.name() + ": " + seen.state() + ", " + seen.message())) {
                    diagrams.see(tx, in.diagram(), run, node, seen);
                }
            });
            return seen.settled() && !seen.state().equals("error");
        });
    }

    /// The object that a node is: a stateful set brings a service along.
    private static Optional<Manifest> main(Node node, List<Manifest> manifests) {
        var kind = orrery.server.studio.diagram.Kind.of(node).orElseThrow().kubernetes();
        return manifests.stream().filter(it -> kind.isEmpty() || it.kind().equals(kind))
                .findFirst();
    }

    private static Optional<ObjectNode> find(KubeView view, Manifest manifest) {
        return kind(view, manifest).flatMap(
                kind -> view.find(kind, manifest.namespace(), manifest.name()));
    }

    private static Optional<Kind> kind(KubeView view, Manifest manifest) {
        return view.kind(manifest.apiVersion(), manifest.kind());
    }

    private Kube kube(Steps steps, Input in) {
        return clients.writer(clusters.target(steps.grant(), in.cluster()), steps.fence());
    }

    private KubeView view(Steps steps, Input in) {
        return clients.view(clusters.target(steps.grant(), in.cluster()));
    }
}
