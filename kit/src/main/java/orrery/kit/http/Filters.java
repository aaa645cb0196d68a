package orrery.kit.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import orrery.kit.Problem;
import orrery.kit.http.PageAsk.Filter;
import orrery.kit.http.PageAsk.Test;
import org.jspecify.annotations.Nullable;

/// Reads the filters of a list off its query: `state=running,failed` (any of these; a repeated
/// parameter adds to them), `labels.env=prod` (an entry of a map), `createdAt[gte]=…`,
/// `name[prefix]=web`. A backslash before a comma keeps it in the value.
final class Filters {
    private static final Pattern NAME = Pattern.compile(
            "([A-Za-z][A-Za-z0-9_]{0,63})(?:\\.([^\\[\\]]{1,317}))?(?:\\[([a-z]{1,8})])?");
    private static final int MOST = 20;
    private static final int MOST_VALUES = 100;

    private Filters() {}

    /// @param reserved parameters that are none: paging, and those that the route reads itself
    /// @param strict whether a parameter that looks like no filter is refused; else passed over
    /// @throws Problem.Failure [Problem.BadQuery]
    static List<Filter> read(Query query, Set<String> reserved, boolean strict) {
        var out = new ArrayList<Filter>();
        for (var name : new TreeSet<>(query.parameters().keySet())) {
            if (!reserved.contains(name) && (strict || isFilter(name))) {
                out.add(filter(name, query.parameters().get(name)));
            }
        }
        if (out.size() > MOST) {
            throw bad("at most " + MOST + " filters can be combined", List.of());
        }
        return out;
    }

    private static boolean isFilter(String name) {
        var parts = NAME.matcher(name);
        return parts.matches() && (parts.group(3) == null || Arrays.stream(Test.values())
                .anyMatch(test -> text(test).equals(parts.group(3))));
    }

    private static Filter filter(String name, List<String> given) {
        var parts = NAME.matcher(name);
        if (!parts.matches()) {
            throw bad(quoted(name) + " is no filter; they look like state=running,"
                    + " labels.env=prod and createdAt[gte]=2026-03-24T12:00:00Z", List.of());
        }
        return new Filter(parts.group(1), parts.group(2), test(parts.group(3)),
                values(name, given));
    }

    static List<String> values(String name, List<String> given) {
        var values = given.stream().flatMap(text -> values(text).stream()).toList();
        if (values.size() > MOST_VALUES) {
            throw bad(name + " may have at most " + MOST_VALUES + " values", List.of());
        }
        return values;
    }

    private static Test test(@Nullable String name) {
        if (name == null) {
            return Test.EQ;
        }
        return Arrays.stream(Test.values()).filter(test -> text(test).equals(name)).findFirst()
                .orElseThrow(() -> bad("[" + name + "] is no comparison",
                        Arrays.stream(Test.values()).map(Filters::text).toList()));
    }

    static String text(Test test) {
        return test.name().toLowerCase(Locale.ROOT);
    }

    private static List<String> values(String text) {
        var out = new ArrayList<String>();
        var value = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length() && text.charAt(i + 1) == ',') {
                value.append(text.charAt(++i));
            } else if (c == ',') {
                out.add(value.toString());
                value.setLength(0);
            } else {
                value.append(c);
            }
        }
        out.add(value.toString());
        return out;
    }

    private static String quoted(String name) {
        return "\"" + (name.length() > 80 ? name.substring(0, 80) + "…" : name) + "\"";
    }

    static Problem.Failure bad(String cause, List<String> allowed) {
        return new Problem.BadQuery(Problem.BadQuery.Part.FILTER, cause, allowed).raise();
    }
}
