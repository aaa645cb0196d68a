package orrery.server.studio.importer;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.yaml.Yaml;
import orrery.kit.yaml.YamlLimits;
import orrery.kit.yaml.YamlNode;
import orrery.kit.yaml.YamlRefusal;
import orrery.server.studio.importer.Compose.Resource;
import org.jspecify.annotations.Nullable;

/// Compose file → model. All mistakes are collected, each with key path and line, before the file
/// is refused.
final class ComposeReader {
    private static final Set<String> TOP = Set.of("name", "version", "services", "volumes",
            "networks", "secrets", "configs", "include", "models");
    private static final Set<String> RESOURCE = Set.of("name", "external", "driver",
            "driver_opts", "labels", "file", "environment", "content", "template_driver",
            "attachable", "internal", "enable_ipv4", "enable_ipv6", "ipam");

    private static final int MOST_SERVICES = 300;

    private final ComposeSource source;
    private final Mistakes mistakes = new Mistakes();

    /// What was read, the tree it was read from, and the variables that are not set.
    record Read(Compose compose, YamlNode tree, Collection<String> unset) {}

    private ComposeReader(ComposeSource source) {
        this.source = source;
    }

    /// @throws Problem.Failure of [Problem.Invalid], naming key and line of every mistake
    static Read read(ComposeSource source) {
        return new ComposeReader(source).read();
    }

    private Read read() {
        YamlNode tree = tree();
        checkShape(tree);
        var interpolation = new Interpolation(source.variables(), mistakes);
        YamlNode filled = extend(interpolation.fill(tree, KeyPath.ROOT));
        Place root = new Place(filled, KeyPath.ROOT, 1, mistakes).only(TOP);
        Map<String, Resource> volumes = resources(root.get("volumes"));
        Map<String, Resource> networks = resources(root.get("networks"));
        Map<String, Resource> secrets = resources(root.get("secrets"));
        Map<String, Resource> configs = resources(root.get("configs"));
        Map<String, Place> places = root.get("services").entries();
        var names = new ServiceReader.Names(places.keySet(), volumes.keySet(), networks.keySet(),
                secrets.keySet(), configs.keySet());
        Map<String, ComposeService> services = new LinkedHashMap<>();
        places.forEach((name, place) -> {
            if (!name.matches("[a-zA-Z0-9._-]+")) {
                place.wrong("a service's name has letters, digits, '.', '_' and '-' only");
            } else if (!place.isMap()) {
                place.wrong("is empty; give the service an image or a build");
            } else {
                services.put(name, new ServiceReader(place, source, names).read());
            }
        });
        Circles.check(services, places);
        if (!mistakes.none()) {
            throw new Problem.Invalid(mistakes.found().stream().distinct().toList()).raise();
        }
        return new Read(new Compose(root.get("name").text(""), services, volumes, networks,
                secrets, configs), filled, interpolation.unset());
    }

    private YamlNode tree() {
        try {
            return Yaml.read(source.text(), YamlLimits.HAND_WRITTEN);
        } catch (YamlRefusal e) {
            String key = KeyFinder.before(source.text(), e.line());
            throw refusal(key.isEmpty() ? source.fileName() : key, "line %d, column %d: %s"
                    .formatted(e.line(), e.column(), e.getMessage()));
        }
    }

    /// The shapes that are no Compose file of today, each with its own advice.
    private void checkShape(YamlNode tree) {
        if (!(tree instanceof YamlNode.Mapping top)) {
            throw refusal(source.fileName(), "line %d: this is no Compose file; it must be a"
                    .formatted(tree.line()) + " mapping with the key 'services'");
        }
        YamlNode.Entry services = top.entries().get("services");
        if (services == null) {
            YamlNode.Entry old = top.entries().values().stream()
                    .filter(e -> e.value() instanceof YamlNode.Mapping m
                            && (m.get("image") != null || m.get("build") != null))
                    .findFirst().orElse(null);
            if (old != null) {
                throw refusal(old.key(), "line %d: this is a Compose file of version 1; put its"
                        .formatted(old.line()) + " services under the key 'services'");
            }
            YamlNode.Entry include = top.entries().get("include");
            throw include == null
                    ? refusal("services", "line 1: the key 'services' is missing; put each"
                            + " container under it")
                    : refusal("include", "line %d: the files that are included were not uploaded;"
                            .formatted(include.line()) + " upload one merged file, as 'docker"
                            + " compose config' prints it");
        }
        if (!(services.value() instanceof YamlNode.Mapping map) || map.entries().isEmpty()) {
            throw refusal("services", "line %d: must be a mapping of at least one service"
                    .formatted(services.line()));
        }
        if (map.entries().size() > MOST_SERVICES) {
            throw refusal("services", "line %d: has %d services; at most %d are read".formatted(
                    services.line(), map.entries().size(), MOST_SERVICES));
        }
    }

    private YamlNode extend(YamlNode tree) {
        YamlNode.Mapping top = (YamlNode.Mapping) tree;
        YamlNode.Entry services = top.entries().get("services");
        YamlNode.Mapping map = (YamlNode.Mapping) services.value();
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>(top.entries());
        entries.put("services", new YamlNode.Entry("services", services.line(), services.column(),
                new YamlNode.Mapping(Extends.resolve(map.entries(), mistakes), map.tag(),
                        map.line(), map.column())));
        return new YamlNode.Mapping(entries, top.tag(), top.line(), top.column());
    }

    private Map<String, Resource> resources(Place places) {
        Map<String, Resource> resources = new LinkedHashMap<>();
        places.entries().forEach((key, place) -> {
            place.only(RESOURCE);
            Place external = place.get("external");
            boolean isExternal = external.isMap() || external.flag(false);
            String name = place.get("name").text(external.isMap()
                    ? external.get("name").text("") : "");
            String file = place.get("file").text("");
            String driver = place.get("driver").text("");
            resources.put(key, new Resource(key, name.isEmpty() ? null : name, isExternal,
                    driver.isEmpty() ? null : driver, place.get("driver_opts").pairs(),
                    place.get("labels").pairs(), content(place, file),
                    file.isEmpty() ? null : file));
        });
        return resources;
    }

    private @Nullable String content(Place place, String file) {
        Place variable = place.get("environment");
        if (place.get("content").isSet()) {
            return place.get("content").text();
        }
        if (variable.isSet() && !variable.isMap()) {
            return source.variables().get(variable.text());
        }
        return file.isEmpty() ? null : source.file(file);
    }

    private static Problem.Failure refusal(String field, String message) {
        return new Problem.Invalid(List.of(new Problem.Mistake(field, message))).raise();
    }
}
