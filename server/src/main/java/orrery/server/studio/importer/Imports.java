package orrery.server.studio.importer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;
import orrery.server.studio.diagram.Diagram;
import orrery.server.studio.diagram.Diagrams;

/// Imports of what people already have.
///
/// The analysis goes to the caller and comes back with the wish for a diagram; the values of its
/// secrets do not travel: they wait here, sealed, for a day.
@Singleton
public final class Imports {
    public static final SealedColumn SEALED =
            new SealedColumn("import_session", "id", "sealed");
    private static final Duration KEPT = Duration.ofDays(1);

    private final ImportTable table = new ImportTable();
    private final Database database;
    private final Diagrams diagrams;
    private final Sealing sealing;
    private final Ids ids;
    private final Clock clock;

    public Imports(Database database, Diagrams diagrams, Sealing sealing, Ids ids,
            Clock clock) {
        this.database = database;
        this.diagrams = diagrams;
        this.sealing = sealing;
        this.ids = ids;
        this.clock = clock;
    }

    /// The values of secret nodes, as they are sealed.
    private record Values(Map<String, Map<String, String>> byNode) {}

    /// An analysis, and under which identifier the values of its secrets wait.
    public record Analysed(String id, Analysis analysis) {}

    /// Reads a Compose file.
    ///
    /// @throws Problem.Failure [Problem.Invalid] naming line and key of every mistake
    public Analysed analyse(Grant grant, byte[] file, String fileName, String namespace) {
        var text = new String(file, StandardCharsets.UTF_8);
        var imported = ComposeImport.analyse(ComposeSource.of(text, fileName, namespace),
                () -> ids.next("node"));
        var id = ids.next("imp");
        var sealed = sealing.seal(Json.write(new Values(imported.secrets())), SEALED.at(id));
        database.write(grant, tx -> {
            table.sweep(tx, clock.instant().minus(KEPT));
            table.insert(tx, id, sealed, clock.instant());
        });
        return new Analysed(id, imported.analysis());
    }

    /// Makes a diagram of an analysis, as the caller sends it back.
    public Diagram createDiagram(
            Grant grant, String name, String cluster, JsonNode analysis) {
        var type = analysis.path("detectedType").asText("docker-compose");
        var asked = new Diagrams.New(name, "Imported from " + type, cluster,
                List.of("imported", type), analysis.path("suggestedNodes"),
                analysis.path("suggestedEdges"));
        return database.tx(grant, tx -> diagrams.create(tx, asked, secrets(tx, analysis)));
    }

    /// Waiting values of nodes that are still in the analysis.
    private Map<String, Map<String, String>> secrets(Tx tx, JsonNode analysis) {
        var id = analysis.path("importId").asText();
        if (id.isEmpty()) {
            return Map.of();
        }
        var sealed = table.find(tx, id, clock.instant().minus(KEPT))
                .orElseThrow(() -> new Problem.NotFound("import", id).raise());
        var values = Json.read(sealing.open(sealed, SEALED.at(id)), Values.class).byNode();
        var wanted = new HashMap<String, Map<String, String>>();
        for (var node : analysis.path("suggestedNodes")) {
            var nodeId = node.path("id").asText();
            if (node instanceof ObjectNode && values.containsKey(nodeId)) {
                wanted.put(nodeId, values.get(nodeId));
            }
        }
        return wanted;
    }
}
