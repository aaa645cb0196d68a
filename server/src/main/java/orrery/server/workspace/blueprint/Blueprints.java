package orrery.server.workspace.blueprint;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import orrery.kit.Problem;
import orrery.kit.yaml.Yaml;
import orrery.kit.yaml.YamlLimits;
import orrery.kit.yaml.YamlNode;
import org.jspecify.annotations.Nullable;

/// The blueprints that come with the server, read once from its resources.
@ApplicationScoped
public class Blueprints {
    private static final List<String> FILES = List.of("base");

    private final Map<String, Blueprint> byName = new TreeMap<>();

    public Blueprints() {
        for (var file : FILES) {
            var blueprint = read(resource("/blueprints/" + file + ".yaml"));
            byName.put(blueprint.name(), blueprint);
        }
    }

    /// All names, in order.
    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /// The blueprint of that name, or the first one when no name is given.
    public Blueprint get(@Nullable String name) {
        var found = byName.get(name == null ? byName.keySet().iterator().next() : name);
        if (found == null) {
            throw new Problem.Invalid(List.of(new Problem.Mistake("blueprint",
                    "there is no blueprint " + name + "; there are: "
                            + String.join(", ", names())))).raise();
        }
        return found;
    }

    static Blueprint read(String text) {
        var root = mapping(Yaml.read(text, YamlLimits.HAND_WRITTEN), "the blueprint");
        var resources = mapping(root.get("resources"), "resources");
        return new Blueprint(
                text(root, "name"),
                text(root, "description"),
                text(root, "image"),
                text(resources, "cpu"),
                text(resources, "memory"),
                values(root.get("env"), node -> ((YamlNode.Scalar) node).text()),
                values(root.get("storages"), node -> {
                    var storage = mapping(node, "a storage");
                    return new Blueprint.Storage(text(storage, "path"), text(storage, "size"));
                }));
    }

    private static <T> Map<String, T> values(
            @Nullable YamlNode node, Function<YamlNode, T> reader) {
        var values = new LinkedHashMap<String, T>();
        if (node instanceof YamlNode.Mapping mapping) {
            mapping.entries().forEach((key, entry) -> values.put(key, reader.apply(entry.value())));
        }
        return values;
    }

    private static YamlNode.Mapping mapping(@Nullable YamlNode node, String what) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping;
        }
        throw new IllegalArgumentException(what + " must be a mapping");
    }

    private static String text(YamlNode.Mapping mapping, String key) {
        if (mapping.get(key) instanceof YamlNode.Scalar scalar) {
            return scalar.text();
        }
        throw new IllegalArgumentException(key + " is missing");
    }

    private static String resource(String path) {
        try (var in = Blueprints.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("not in the program: " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }
}
