package orrery.sim.kcm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import orrery.sim.type.Yaml;
import org.junit.jupiter.api.Test;

/// Our own minimal definitions of KCM's resources accept, and keep, what the published ones do.
/// Those stand beside the checkout, or there is nothing to compare with.
class DefinitionsTest {
    private static final Path PUBLISHED = Path.of("../../shared/data/kcm-crds");

    @Test
    void acceptsAndKeepsWhatThePublishedOnesDo() throws IOException {
        assumeTrue(Files.isDirectory(PUBLISHED), () -> "there is no " + PUBLISHED);
        var differences = new ArrayList<String>();
        try (var in = Kcm.class.getResourceAsStream("crds.yaml")) {
            for (var ours : Yaml.readAll(in.readAllBytes())) {
                compare(ours, published(ours.at("/spec/names/plural").asText()), differences);
            }
        }
        assertThat(differences).isEmpty();
    }

    private static JsonNode published(String plural) throws IOException {
        return Yaml.readAll(Files.readAllBytes(
                PUBLISHED.resolve("k0rdent.mirantis.com_" + plural + ".yaml"))).getFirst();
    }

    private static void compare(JsonNode ours, JsonNode theirs, List<String> differences) {
        var kind = ours.at("/spec/names/kind").asText();
        for (var field : List.of("/spec/group", "/spec/scope", "/spec/names/kind",
                "/spec/names/plural", "/spec/names/singular", "/spec/names/listKind")) {
            differ(differences, kind + " " + field, ours.at(field), theirs.at(field));
        }
        var known = texts(theirs.at("/spec/names/shortNames"));
        texts(ours.at("/spec/names/shortNames")).stream().filter(n -> !known.contains(n))
                .forEach(name -> differences.add(kind + " has the short name " + name));
        for (var version : ours.at("/spec/versions")) {
            var name = version.path("name").asText();
            for (var other : theirs.at("/spec/versions")) {
                if (other.path("name").asText().equals(name)) {
                    schema(kind, version.at("/schema/openAPIV3Schema"),
                            other.at("/schema/openAPIV3Schema"), differences);
                }
            }
        }
    }

    /// `metadata` and what stands above it is the server's own.
    private static void schema(
            String at, JsonNode ours, JsonNode theirs, List<String> differences) {
        if (ours.isMissingNode() || theirs.isMissingNode()) {
            return;
        }
        differ(differences, at + " type", ours.path("type"), theirs.path("type"));
        without(texts(ours.path("required")), texts(theirs.path("required")))
                .forEach(name -> differences.add(at + " requires " + name));
        if (ours.has("enum")) {
            without(texts(theirs.path("enum")), texts(ours.path("enum")))
                    .forEach(value -> differences.add(at + " refuses " + value));
        }
        limit(at, "minLength", ours, theirs, 1, differences);
        limit(at, "minItems", ours, theirs, 1, differences);
        limit(at, "minimum", ours, theirs, 1, differences);
        limit(at, "maxLength", ours, theirs, -1, differences);
        limit(at, "maxItems", ours, theirs, -1, differences);
        limit(at, "maximum", ours, theirs, -1, differences);
        without(rules(ours), rules(theirs))
                .forEach(rule -> differences.add(at + " has the rule " + rule));
        boolean keeps = ours.path("x-kubernetes-preserve-unknown-fields").asBoolean();
        theirs.path("properties").propertyStream().forEach(theirField -> {
            var name = theirField.getKey();
            var ourField = ours.path("properties").path(name);
            if (ourField.isMissingNode() && !keeps && !isTheServers(at, name)) {
                differences.add(at + " drops " + name);
            }
            schema(at + "." + name, ourField, theirField.getValue(), differences);
        });
        schema(at + "[]", ours.path("items"), theirs.path("items"), differences);
    }

    private static boolean isTheServers(String at, String name) {
        return !at.contains(".") && Set.of("apiVersion", "kind", "metadata").contains(name);
    }

    private static void limit(String at, String word, JsonNode ours, JsonNode theirs, int sign,
            List<String> differences) {
        if (ours.has(word) && (!theirs.has(word)
                || sign * ours.path(word).asLong() > sign * theirs.path(word).asLong())) {
            differences.add(at + " " + word + " " + ours.path(word) + " is stricter than "
                    + theirs.path(word));
        }
    }

    private static void differ(
            List<String> differences, String at, JsonNode ours, JsonNode theirs) {
        if (!ours.isMissingNode() && !ours.equals(theirs)) {
            differences.add(at + " is " + ours + ", not " + theirs);
        }
    }

    private static Set<String> rules(JsonNode schema) {
        var rules = new HashSet<String>();
        schema.path("x-kubernetes-validations").forEach(r -> rules.add(r.path("rule").asText()));
        return rules;
    }

    private static Set<String> texts(JsonNode list) {
        var texts = new HashSet<String>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static Set<String> without(Set<String> some, Set<String> others) {
        var left = new HashSet<>(some);
        left.removeAll(others);
        return left;
    }
}
