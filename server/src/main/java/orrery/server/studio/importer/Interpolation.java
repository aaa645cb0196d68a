package orrery.server.studio.importer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.kit.Mistakes;
import orrery.kit.yaml.YamlNode;

/// Fills `$NAME` and `${NAME…}` in all values (never in keys), as the Compose Specification has
/// it: `:-` and `-` give a default, `:?` and `?` demand a value, `:+` and `+` replace one, `$$` is
/// a dollar sign. A name that is not set becomes empty, and is remembered.
final class Interpolation {
    private static final int DEEPEST = 20;
    /// Text that all values together may grow to.
    private static final int MOST_CHARS = 4 << 20;

    private final Map<String, String> variables;
    private final Mistakes mistakes;
    private final Set<String> unset = new LinkedHashSet<>();
    private final Map<YamlNode, YamlNode> done = new IdentityHashMap<>();
    private long chars;

    Interpolation(Map<String, String> variables, Mistakes mistakes) {
        this.variables = variables;
        this.mistakes = mistakes;
    }

    /// The names that were asked for without a default, and are not set.
    Collection<String> unset() {
        return unset;
    }

    /// A tree of the same shape and places. Shared values stay shared.
    YamlNode fill(YamlNode node, KeyPath path) {
        YamlNode known = done.get(node);
        if (known != null) {
            return known;
        }
        YamlNode filled = switch (node) {
            case YamlNode.Scalar scalar -> scalar(scalar, path);
            case YamlNode.Sequence list -> {
                List<YamlNode> items = list.items();
                List<YamlNode> made = new ArrayList<>(items.size());
                for (int i = 0; i < items.size(); i++) {
                    made.add(fill(items.get(i), path.index(i)));
                }
                yield new YamlNode.Sequence(made, list.tag(), list.line(), list.column());
            }
            case YamlNode.Mapping map -> {
                Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
                map.entries().forEach((key, e) -> entries.put(key, new YamlNode.Entry(
                        key, e.line(), e.column(), fill(e.value(), path.key(key)))));
                yield new YamlNode.Mapping(entries, map.tag(), map.line(), map.column());
            }
        };
        done.put(node, filled);
        return filled;
    }

    private YamlNode scalar(YamlNode.Scalar scalar, KeyPath path) {
        if (scalar.text().indexOf('$') < 0) {
            return scalar;
        }
        try {
            String text = text(scalar.text(), 0);
            // What a variable emptied is an empty text; only the author writes null.
            return new YamlNode.Scalar(text, scalar.plain() && !text.isEmpty(), scalar.tag(),
                    scalar.line(), scalar.column());
        } catch (Unreadable e) {
            mistakes.add(path.toString(), "line %d: %s".formatted(scalar.line(), e.getMessage()));
            return scalar;
        }
    }

    /// One text, filled.
    ///
    /// @throws Unreadable with cause and remedy
    String text(String text, int depth) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int dollar = text.indexOf('$', at);
            if (dollar < 0) {
                out.append(text, at, text.length());
                break;
            }
            out.append(text, at, dollar);
            at = reference(text, dollar + 1, out, depth);
            if (out.length() > MOST_CHARS) {
                throw new Unreadable("grows too long when its variables are filled in");
            }
        }
        chars += out.length();
        if (chars > MOST_CHARS) {
            throw new Unreadable("the file grows too long when its variables are filled in");
        }
        return out.toString();
    }

    /// Reads what follows a dollar sign and gives back where the text goes on.
    private int reference(String text, int at, StringBuilder out, int depth) {
        char next = at < text.length() ? text.charAt(at) : ' ';
        if (next == '$') {
            out.append('$');
            return at + 1;
        }
        if (next == '{') {
            int end = closing(text, at + 1);
            out.append(braced(text.substring(at + 1, end), depth));
            return end + 1;
        }
        int end = nameEnd(text, at);
        if (end == at) {
            throw new Unreadable("'%s' has a '$' without a name; write '$$' for a dollar sign"
                    .formatted(Spelling.brief(text)));
        }
        out.append(value(text.substring(at, end)));
        return end;
    }

    private String braced(String inner, int depth) {
        if (depth >= DEEPEST) {
            throw new Unreadable("nests '${' more than %d levels deep".formatted(DEEPEST));
        }
        int end = nameEnd(inner, 0);
        String name = inner.substring(0, end);
        String rest = inner.substring(end);
        if (name.isEmpty()) {
            throw new Unreadable("'${%s}' has no variable's name".formatted(Spelling.brief(inner)));
        }
        if (rest.isEmpty()) {
            return value(name);
        }
        boolean colon = rest.charAt(0) == ':';
        String given = variables.get(name);
        boolean set = given != null && !(colon && given.isEmpty());
        String operator = rest.substring(colon ? 1 : 0);
        String word = operator.isEmpty() ? "" : operator.substring(1);
        return switch (operator.isEmpty() ? ' ' : operator.charAt(0)) {
            case '-' -> set ? given : text(word, depth + 1);
            case '+' -> set ? text(word, depth + 1) : "";
            case '?' -> {
                if (!set) {
                    throw new Unreadable("the variable %s must be set%s".formatted(name,
                            word.isEmpty() ? "" : ": " + text(word, depth + 1)));
                }
                yield given;
            }
            default -> throw new Unreadable("'${%s}' cannot be read; write ${NAME}, ${NAME:-text},"
                    .formatted(Spelling.brief(inner)) + " ${NAME:?message} or ${NAME:+text}");
        };
    }

    private String value(String name) {
        String value = variables.get(name);
        if (value == null) {
            unset.add(name);
            return "";
        }
        return value;
    }

    private static int nameEnd(String text, int from) {
        int at = from;
        while (at < text.length() && isNamePart(text.charAt(at), at > from)) {
            at++;
        }
        return at;
    }

    private static boolean isNamePart(char c, boolean inside) {
        return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
                || inside && c >= '0' && c <= '9';
    }

    /// The brace that closes the one before `from`, past nested ones.
    private static int closing(String text, int from) {
        int depth = 1;
        for (int at = from; at < text.length(); at++) {
            if (text.charAt(at) == '}') {
                depth--;
                if (depth == 0) {
                    return at;
                }
            } else if (text.charAt(at) == '{' && text.charAt(at - 1) == '$') {
                depth++;
            }
        }
        throw new Unreadable("'%s' has a '${' without '}'".formatted(Spelling.brief(text)));
    }
}
