package orrery.server.studio.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import orrery.kit.access.Grant;
import orrery.kit.db.Json;
import orrery.kit.durable.Run;
import orrery.kit.durable.Status;
import orrery.kit.kube.Trees;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestProcess;
import orrery.server.compute.cluster.SimulatedWorld;
import orrery.server.studio.diagram.Diagrams;
import orrery.server.studio.diagram.Diagram;
import orrery.server.studio.version.DiagramVersions;
import orrery.server.tenancy.project.Projects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Deploying a diagram and taking it away again, on the simulated region.
@Tag("sagas")
class DiagramSagasTest {
    private static final Grant GRANT = SimulatedWorld.GRANT;
    private static final Duration PATIENCE = Duration.ofSeconds(240);
    private static final List<String> KINDS = List.of("ConfigMap", "Deployment", "Service");
    private static SimulatedWorld world;
    private static Diagrams diagrams;
    private static DiagramVersions versions;
    private final AtomicReference<String> id = new AtomicReference<>();

    @BeforeAll
    static void start() {
        world = new SimulatedWorld();
        var projects = new Projects(world.test.database(), null, null, null, null, null, null,
                world.ids, world.clock);
        diagrams = new Diagrams(world.test.database(), projects, TestProcess.sealing(),
                world.process.events(), world.process.runs(), TestProcess.paging(),
                world.ids, world.clock);
        versions = new DiagramVersions(world.test.database(), diagrams, world.process.runs(),
                TestProcess.paging(), world.ids, world.clock);
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static RunDiagram running() {
        return new RunDiagram(diagrams, versions, removing(), world.clusters, world.clients,
                world.test.database());
    }

    private static RemoveDiagram removing() {
        return new RemoveDiagram(world.clusters, world.clients, world.process.runs());
    }

    /// A diagram in a namespace of its own: a map, a workload that reads it, a way to it.
    private String drawn() {
        var name = world.ids.next("n").substring(2, 12).toLowerCase(Locale.ROOT);
        var namespace = "ns-" + name;
        var made = diagrams.create(GRANT, new Diagrams.New(name, "", "here", List.of(), json("""
                [{"id": "map", "type": "configmap", "position": {"x": 0, "y": 0}, "data":
                   {"name": "map", "namespace": "%1$s", "data": {"GREETING": "hello"}}},
                 {"id": "web", "type": "deployment", "position": {"x": 0, "y": 0}, "data":
                   {"name": "web", "namespace": "%1$s", "image": "nginx", "port": 80}},
                 {"id": "way", "type": "service", "position": {"x": 0, "y": 0}, "data":
                   {"name": "way", "namespace": "%1$s", "port": 80, "targetApp": "web"}}]
                """.formatted(namespace)), json("""
                [{"id": "e1", "source": "map", "target": "web"},
                 {"id": "e2", "source": "web", "target": "way"}]""")));
        id.set(made.id());
        return made.id();
    }

    private static JsonNode json(String text) {
        return Json.read(text, JsonNode.class);
    }

    private static RunDiagram.Input input(String diagram) {
        int number = versions.create(GRANT, diagram, new DiagramVersions.Said(null, null, null))
                .version().number();
        return new RunDiagram.Input(diagram, number, world.cluster, TriggerValues.NONE.secret());
    }

    private Diagram diagram() {
        return diagrams.get(GRANT, id.get());
    }

    /// The kinds of the diagram that stand on the cluster.
    private List<String> standing() {
        var namespace = diagram().nodes().at("/0/data/namespace").asText();
        return KINDS.stream().filter(kind -> {
            var apiVersion = kind.equals("Deployment") ? "apps/v1" : "v1";
            var name = switch (kind) {
                case "ConfigMap" -> "map";
                case "Deployment" -> "web";
                default -> "way";
            };
            return world.view().kind(apiVersion, kind)
                    .flatMap(it -> world.view().find(it, namespace, name)).isPresent();
        }).toList();
    }

    private void assertGone() {
        Awaitility.await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(standing()).isEmpty());
    }

    @Test
    void deployingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.test, running(), () -> input(drawn()))) {
            int steps = check.everyStepMayRepeat(() -> {
                assertThat(standing()).isEqualTo(KINDS);
                assertThat(diagram().successCount()).isEqualTo(1);
                assertThat(diagram().failureCount()).isZero();
            });
            assertThat(steps).isEqualTo(12);
            check.everyFailureUnwinds(() -> {
                assertGone();
                assertThat(diagram().successCount()).isZero();
            });
        }
    }

    @Test
    void whatAnEarlierRunMadeStaysWhenALaterOneFails() {
        drawn();
        try (var check = SagaCheck.of(world.test, running(), () -> input(id.get()))) {
            check.everyFailureUnwinds(() -> assertThat(standing()).isEqualTo(KINDS));
        }
    }

    /// A node that somebody erased goes with the next run, and with it alone.
    @Test
    void whatIsDrawnNoMoreGoesWithTheNextRun() {
        deployed();
        var nodes = (ArrayNode) diagram().nodes().deepCopy();
        nodes.remove(2);
        diagrams.change(GRANT, id.get(), new Diagrams.Change(null, null, null, nodes,
                json("[{\"id\": \"e1\", \"source\": \"map\", \"target\": \"web\"}]")),
                OptionalLong.empty());
        assertThat(standing()).isEqualTo(KINDS);
        assertThat(deploy().error()).isNull();
        assertThat(standing()).containsExactly("ConfigMap", "Deployment");
        assertThat(placed()).isEqualTo(2);
        versions.restore(GRANT, id.get(), 1, OptionalLong.empty());
        assertThat(deploy().error()).isNull();
        assertThat(standing()).isEqualTo(KINDS);
    }

    @Test
    void removingRepeats() {
        try (var check = SagaCheck.of(world.test, removing(),
                () -> new Diagrams.Removal(deployed(), null))) {
            check.everyStepMayRepeat(() -> {
                assertThat(standing()).isEmpty();
                assertThat(placed()).isZero();
            });
        }
    }

    @Test
    void whatSomebodyElseMadeFailsTheRunAndStays() {
        drawn();
        var namespace = diagram().nodes().at("/0/data/namespace").asText();
        world.stranger().create(Trees.read(
                "{apiVersion: v1, kind: Namespace, metadata: {name: %s}}".formatted(namespace)));
        world.stranger().create(Trees.read(("{apiVersion: v1, kind: ConfigMap,"
                + " metadata: {name: map, namespace: %s}}").formatted(namespace)));
        var ended = deploy();
        assertThat(ended.status()).isEqualTo(Status.FAILED);
        assertThat(ended.error().message()).contains("ConfigMap map", "made by somebody else");
        assertThat(diagram().failureCount()).isEqualTo(1);
        try (var process = TestProcess.start(world.test, removing())) {
            var run = world.test.database().tx(GRANT, tx -> process.runs().start(
                    tx, Diagrams.REMOVE, new Diagrams.Removal(id.get(), null), null));
            assertThat(process.await(GRANT, run).error()).isNull();
        }
        assertThat(standing()).containsExactly("ConfigMap");
        assertThat(placed()).isZero();
    }

    private String deployed() {
        drawn();
        assertThat(deploy().error()).isNull();
        return id.get();
    }

    private Run deploy() {
        var input = input(id.get());
        try (var process = TestProcess.start(world.test, running())) {
            var run = world.test.database().tx(GRANT, tx -> process.runs().start(
                    tx, RunDiagram.TYPE, input, null));
            return process.await(GRANT, run);
        }
    }

    private int placed() {
        return world.test.database()
                .read(GRANT, tx -> new DiagramRunTable().placed(tx, id.get())).size();
    }
}
