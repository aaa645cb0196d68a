package orrery.server.studio.importer;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import orrery.kit.Mistakes;
import orrery.kit.yaml.YamlNode;
import org.jspecify.annotations.Nullable;

/// Works `extends` in: a service takes over what another of the same file says, and its own keys
/// win. Lists grow, but commands and tests are replaced, as the Compose Specification has it.
final class Extends {
    /// Lists that the later service replaces.
    private static final Set<String> REPLACED =
            Set.of("command", "entrypoint", "test", "profiles");
    /// What never comes along.
    private static final Set<String> OWN = Set.of("extends");

    private final Map<String, YamlNode.Entry> services;
    private final Mistakes mistakes;
    private final Map<String, YamlNode.Entry> done = new LinkedHashMap<>();

    private Extends(Map<String, YamlNode.Entry> services, Mistakes mistakes) {
        this.services = services;
        this.mistakes = mistakes;
    }

    /// The services with what they extend; keys keep the lines where they were written.
    static Map<String, YamlNode.Entry> resolve(Map<String, YamlNode.Entry> services,
            Mistakes mistakes) {
        Extends resolver = new Extends(services, mistakes);
        services.keySet().forEach(name -> resolver.service(name, new LinkedHashSet<>()));
        Map<String, YamlNode.Entry> ordered = new LinkedHashMap<>();
        services.keySet().forEach(name -> ordered.put(name, resolver.done.get(name)));
        return ordered;
    }

    private YamlNode.Entry service(String name, Set<String> path) {
        YamlNode.Entry known = done.get(name);
        if (known != null) {
            return known;
        }
        YamlNode.Entry entry = services.get(name);
        YamlNode.Entry made = entry;
        if (entry.value() instanceof YamlNode.Mapping own && own.get("extends") != null
                && !own.get("extends").isNull()) {
            YamlNode.Mapping base = base(name, own, path);
            if (base != null) {
                made = new YamlNode.Entry(name, entry.line(), entry.column(), merge(base, own));
            }
        }
        done.put(name, made);
        return made;
    }

    private YamlNode.@Nullable Mapping base(String name, YamlNode.Mapping own, Set<String> path) {
        YamlNode given = own.get("extends");
        String base = switch (given) {
            case YamlNode.Scalar scalar -> scalar.text();
            case YamlNode.Mapping map when map.get("service") instanceof YamlNode.Scalar scalar ->
                    map.get("file") == null ? scalar.text() : null;
            case null, default -> "";
        };
        if (base == null) {
            return null;
        }
        path.add(name);
        String problem = null;
        if (!services.containsKey(base)) {
            problem = Spelling.undefined("service", base, services.keySet());
        } else if (path.contains(base)) {
            problem = "%s and %s extend each other; remove one 'extends'".formatted(name, base);
        } else if (service(base, path).value() instanceof YamlNode.Mapping mapping) {
            return mapping;
        }
        if (problem != null) {
            mistakes.add(KeyPath.of("services", name, "extends").toString(),
                    "line %d: %s".formatted(own.entries().get("extends").line(), problem));
        }
        return null;
    }

    static YamlNode.Mapping merge(YamlNode.Mapping base, YamlNode.Mapping own) {
        Map<String, YamlNode.Entry> merged = new LinkedHashMap<>();
        base.entries().forEach((key, entry) -> {
            if (!OWN.contains(key)) {
                merged.put(key, entry);
            }
        });
        own.entries().forEach((key, entry) -> {
            YamlNode.Entry before = merged.get(key);
            merged.put(key, before == null ? entry : new YamlNode.Entry(key, entry.line(),
                    entry.column(), value(key, before.value(), entry.value())));
        });
        return new YamlNode.Mapping(merged, own.tag(), own.line(), own.column());
    }

    private static YamlNode value(String key, YamlNode before, YamlNode after) {
        if (REPLACED.contains(key) || !after.tag().isEmpty()) {
            return after;
        }
        if (before instanceof YamlNode.Mapping a && after instanceof YamlNode.Mapping b) {
            return merge(a, b);
        }
        if (before instanceof YamlNode.Sequence a && after instanceof YamlNode.Sequence b) {
            List<YamlNode> items = Stream.concat(a.items().stream(), b.items().stream()).toList();
            return new YamlNode.Sequence(items, b.tag(), b.line(), b.column());
        }
        boolean lists = before instanceof YamlNode.Sequence || after instanceof YamlNode.Sequence;
        boolean maps = before instanceof YamlNode.Mapping || after instanceof YamlNode.Mapping;
        return lists && maps ? merge(pairs(before), pairs(after)) : after;
    }

    /// A list of `NAME=text` or of names, as a mapping, so that it can meet one.
    private static YamlNode.Mapping pairs(YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping;
        }
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        if (node instanceof YamlNode.Sequence list) {
            for (YamlNode item : list.items()) {
                if (item instanceof YamlNode.Scalar scalar) {
                    int equals = scalar.text().indexOf('=');
                    String name = equals < 0 ? scalar.text() : scalar.text().substring(0, equals);
                    String text = equals < 0 ? "" : scalar.text().substring(equals + 1);
                    entries.put(name, new YamlNode.Entry(name, item.line(), item.column(),
                            new YamlNode.Scalar(text, equals < 0, "", item.line(),
                                    item.column())));
                }
            }
        }
        return new YamlNode.Mapping(entries, "", node.line(), node.column());
    }
}
