package orrery.server.studio.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import orrery.kit.http.Json;
import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static DiagramVersion version(int number, String nodes, String edges) {
        return new DiagramVersion("dgv", "dgm", number, null, null, "",
                Json.read(nodes, JsonNode.class), Json.read(edges, JsonNode.class), true, null,
                null, "usr", Instant.EPOCH);
    }

    private static final DiagramVersion OLD = version(1, """
            [{"id": "a", "type": "deployment", "position": {"x": 1, "y": 1},
              "data": {"name": "a", "env": {"PORT": "1", "OLD": "x"}, "ports": [1, 2]}},
             {"id": "b", "type": "service", "position": {"x": 1, "y": 1}, "data": {"name": "b"}},
             {"id": "c", "type": "job", "position": {"x": 1, "y": 1}, "data": {"name": "c"}}]""",
            """
            [{"id": "e1", "source": "a", "target": "b"},
             {"id": "e2", "source": "b", "target": "c"}]""");

    @Test
    void nothingDiffersFromItself() {
        var same = Comparison.of(OLD, OLD);
        assertThat(Json.text(same)).isEqualTo("{\"from_version\":1,\"to_version\":1,"
                + "\"added_nodes\":[],\"removed_nodes\":[],\"modified_nodes\":[],"
                + "\"moved_nodes\":[],\"added_edges\":[],\"removed_edges\":[],"
                + "\"modified_edges\":[]}");
    }

    @Test
    void tellsEachFieldAndWhatOnlyMoved() {
        var found = Comparison.of(OLD, version(2, """
                [{"id": "d", "type": "job", "data": {"name": "d"}},
                 {"id": "a", "type": "deployment", "position": {"x": 9, "y": 1},
                  "data": {"name": "a", "env": {"PORT": "2", "NEW": "y"}, "ports": [1, 3]}},
                 {"id": "b", "type": "service", "position": {"x": 2, "y": 1},
                  "data": {"name": "b"}}]""",
                """
                [{"id": "e1", "source": "a", "target": "d", "sourceHandle": "left"},
                 {"id": "e3", "source": "d", "target": "b"}]"""));
        assertThat(found.addedNodes()).extracting(Comparison.NodeChange::id).containsExactly("d");
        assertThat(found.removedNodes()).extracting(it -> it.oldData().path("name").asText())
                .containsExactly("c");
        assertThat(found.modifiedNodes()).singleElement().satisfies(it -> {
            assertThat(it.id()).isEqualTo("a");
            assertThat(it.changedFields())
                    .containsExactly("env.NEW", "env.OLD", "env.PORT", "ports.1");
        });
        assertThat(found.movedNodes()).containsExactly("b");
        assertThat(found.addedEdges()).extracting(Comparison.EdgeChange::id)
                .containsExactly("e3");
        assertThat(found.removedEdges()).extracting(Comparison.EdgeChange::id)
                .containsExactly("e2");
        assertThat(found.modifiedEdges()).containsExactly(
                new Comparison.EdgeChange("e1", "a", "d", "left", null));
    }

    @Test
    void anotherTypeIsAModification() {
        var found = Comparison.of(OLD, version(2, OLD.nodes().toString().replace(
                "\"service\"", "\"ingress\""), OLD.edges().toString()));
        assertThat(found.modifiedNodes()).extracting(Comparison.NodeChange::type)
                .containsExactly("ingress");
    }
}
