package orrery.server.studio.importer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import orrery.kit.Mistakes;
import orrery.kit.yaml.YamlNode;
import org.jspecify.annotations.Nullable;

/// A value in the file, or the lack of one, with its key path and line. Reads it as what it should
/// be and notes a mistake, with line, where it is something else.
final class Place {
    private final @Nullable YamlNode node;
    private final KeyPath path;
    private final int line;
    private final Mistakes mistakes;

    Place(@Nullable YamlNode node, KeyPath path, int line, Mistakes mistakes) {
        this.node = node;
        this.path = path;
        this.line = line;
        this.mistakes = mistakes;
    }

    /// Whether a value stands here, be it null.
    boolean exists() {
        return node != null;
    }

    /// Whether a value other than null stands here.
    boolean isSet() {
        return node != null && !node.isNull();
    }

    boolean isText() {
        return isSet() && node instanceof YamlNode.Scalar;
    }

    boolean isList() {
        return node instanceof YamlNode.Sequence;
    }

    boolean isMap() {
        return node instanceof YamlNode.Mapping;
    }

    KeyPath path() {
        return path;
    }

    int line() {
        return line;
    }

    String name() {
        return path.last();
    }

    void wrong(String message) {
        mistakes.add(path.toString(), "line %d: %s".formatted(line, message));
    }

    /// The value of a key; where there is none, a place that does not exist.
    Place get(String key) {
        if (node instanceof YamlNode.Mapping mapping) {
            YamlNode.Entry entry = mapping.entries().get(key);
            if (entry != null) {
                return new Place(entry.value(), path.key(key), entry.line(), mistakes);
            }
        }
        return new Place(null, path.key(key), line, mistakes);
    }

    /// Names every key that is not allowed here. Extensions (`x-…`) always are.
    Place only(Set<String> allowed) {
        entries().values().stream()
                .filter(e -> !allowed.contains(e.name()) && !e.name().startsWith("x-"))
                .limit(20)
                .forEach(e -> e.wrong(Spelling.unknown(e.name(), allowed)));
        return this;
    }

    /// The entries of a mapping, in order; empty for null and nothing.
    Map<String, Place> entries() {
        Map<String, Place> entries = new LinkedHashMap<>();
        if (node instanceof YamlNode.Mapping mapping) {
            mapping.entries().forEach((key, entry) -> entries.put(key,
                    new Place(entry.value(), path.key(key), entry.line(), mistakes)));
        } else if (isSet()) {
            wrong("must be a mapping of names and values, not " + shape());
        }
        return entries;
    }

    /// The items of a list; empty for null and nothing.
    List<Place> items() {
        List<Place> items = new ArrayList<>();
        if (node instanceof YamlNode.Sequence sequence) {
            for (int i = 0; i < sequence.items().size(); i++) {
                YamlNode item = sequence.items().get(i);
                items.add(new Place(item, path.index(i), item.line(), mistakes));
            }
        } else if (isSet()) {
            wrong("must be a list, not " + shape());
        }
        return items;
    }

    /// A single value as text; numbers and booleans as they were written.
    String text(String otherwise) {
        if (node instanceof YamlNode.Scalar scalar) {
            return scalar.isNull() ? otherwise : scalar.text();
        }
        if (isSet()) {
            wrong("must be a single value, not " + shape());
        }
        return otherwise;
    }

    String text() {
        return text("");
    }

    /// A list of texts; a single text is a list of one.
    List<String> texts() {
        if (isText()) {
            return List.of(text());
        }
        return items().stream().map(Place::text).toList();
    }

    /// Names and texts, from a mapping or from a list of `NAME=text`. A bare name has no text.
    Map<String, @Nullable String> pairs() {
        Map<String, @Nullable String> pairs = new LinkedHashMap<>();
        if (isList()) {
            for (Place item : items()) {
                String text = item.text();
                int equals = text.indexOf('=');
                String name = equals < 0 ? text : text.substring(0, equals);
                if (name.isBlank()) {
                    item.wrong("'%s' has no name before '='".formatted(Spelling.brief(text)));
                } else {
                    pairs.put(name.strip(), equals < 0 ? null : text.substring(equals + 1));
                }
            }
        } else {
            entries().forEach((name, place) ->
                    pairs.put(name, place.isSet() ? place.text() : null));
        }
        return pairs;
    }

    boolean flag(boolean otherwise) {
        String text = text("");
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "" -> otherwise;
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> {
                wrong("is '%s'; it must be true or false".formatted(Spelling.brief(text)));
                yield otherwise;
            }
        };
    }

    long whole(long otherwise, long least, long most) {
        String text = text("").strip();
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.matches("[-+]?[0-9]{1,18}")) {
            wrong("is '%s'; it must be a whole number".formatted(Spelling.brief(text)));
            return otherwise;
        }
        long number = Long.parseLong(text);
        if (number < least || number > most) {
            wrong("is %d; it must be from %d to %d".formatted(number, least, most));
            return otherwise;
        }
        return number;
    }

    String shape() {
        return switch (node) {
            case null -> "nothing";
            case YamlNode.Mapping mapping -> "a mapping";
            case YamlNode.Sequence sequence -> "a list";
            case YamlNode.Scalar scalar -> "'" + Spelling.brief(scalar.text()) + "'";
        };
    }
}
