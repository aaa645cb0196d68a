package orrery.server.studio.importer;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import orrery.kit.Problem;
import orrery.server.studio.diagram.ApiVersions;
import orrery.server.studio.diagram.Draft;
import orrery.server.studio.diagram.Drawing;
import orrery.server.studio.diagram.Manifest;
import orrery.server.studio.diagram.Manifests;
import orrery.server.studio.diagram.Node;
import orrery.server.studio.diagram.RunInput;

/// One import in a test, down to the manifests.
record Importing(Imported imported, Draft draft) {

    static Importing of(String text) {
        return of(text, Map.of(), Set.of(), Map.of());
    }

    static Importing of(String text, Map<String, String> variables, Set<String> profiles,
            Map<String, String> files) {
        AtomicInteger ids = new AtomicInteger();
        Imported imported = ComposeImport.analyse(new ComposeSource(text, "compose.yaml",
                "default", variables, profiles, files), () -> "n" + ids.incrementAndGet());
        Analysis analysis = imported.analysis();
        Draft draft = Manifests.draft(
                new Drawing(analysis.suggestedNodes(), analysis.suggestedEdges()),
                new RunInput("dia", ApiVersions.CURRENT, imported.secrets(), Map.of()));
        return new Importing(imported, draft);
    }

    /// Mistakes of a refused file, as `key: message`.
    static List<String> mistakes(String text) {
        Problem.Failure failure = catchThrowableOfType(Problem.Failure.class, () -> of(text));
        if (failure == null) {
            throw new AssertionError("was not refused");
        }
        return ((Problem.Invalid) failure.problem()).mistakes().stream()
                .map(m -> m.field() + ": " + m.message()).toList();
    }

    Analysis analysis() {
        return imported.analysis();
    }

    /// The data of the node of that type and name.
    JsonNode data(String type, String name) {
        return analysis().suggestedNodes().stream()
                .filter(n -> n.type().equals(type) && n.name().equals(name))
                .map(Node::data).findFirst().orElseThrow(() -> new AssertionError(
                        "no " + type + " " + name + " among " + names()));
    }

    boolean has(String type, String name) {
        return names().contains(type + "/" + name);
    }

    List<String> names() {
        return analysis().suggestedNodes().stream().map(n -> n.type() + "/" + n.name()).toList();
    }

    /// The object of that kind and name; the draft must be without mistakes.
    JsonNode object(String kind, String name) {
        return draft.orRefuse().manifests().stream()
                .filter(m -> m.kind().equals(kind) && m.name().equals(name))
                .map(Manifest::object).findFirst().orElseThrow(() -> new AssertionError(
                        "no " + kind + " " + name + " among " + draft.manifests().stream()
                                .map(m -> m.kind() + "/" + m.name()).toList()));
    }

    JsonNode container(String kind, String name) {
        return object(kind, name).at("/spec/template/spec/containers/0");
    }

    /// Edges as `source>target`, by name.
    Set<String> edges() {
        Map<String, String> names = analysis().suggestedNodes().stream()
                .collect(Collectors.toMap(Node::id, n -> n.type() + "/" + n.name()));
        return analysis().suggestedEdges().stream()
                .map(e -> names.get(e.source()) + ">" + names.get(e.target()))
                .collect(Collectors.toSet());
    }

    /// The report's items of that key or below, as `outcome note`.
    List<String> report(String key) {
        return analysis().report().stream()
                .filter(i -> i.key().equals(key) || i.key().startsWith(key + ".")
                        || i.key().startsWith(key + "["))
                .map(i -> i.outcome().word() + " " + i.note()).toList();
    }
}
