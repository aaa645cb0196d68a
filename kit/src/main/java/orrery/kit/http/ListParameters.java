package orrery.kit.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orrery.kit.http.PageAsk.Test;
import org.jspecify.annotations.Nullable;

/// The parameters of a list, as an OpenAPI document says them: its pages, and its [Questions].
final class ListParameters {
    private static final String SORT = "sort";
    private static final String SEARCH = "search";

    private final Surface surface;

    ListParameters(Surface surface) {
        this.surface = surface;
    }

    /// @param taken names of parameters that the route has already
    List<Object> of(Route route, Set<String> taken) {
        var out = new ArrayList<Object>();
        var questions = Questions.of(route);
        surface.pageParameters().forEach((name, type) -> {
            // A family that refuses what it does not know must say what it knows, list by list.
            if (!surface.refusesUnknownFields() || !Set.of(SORT, SEARCH).contains(name)) {
                out.add(parameter(name, null, "schema", Map.of("type", type)));
            }
        });
        if (surface.refusesUnknownFields()) {
            questions.ifPresent(asked -> add(out, asked, route, new TreeSet<>(taken)));
        }
        return out;
    }

    private void add(List<Object> out, Questions asked, Route route, Set<String> taken) {
        if (!asked.sorts().isEmpty()) {
            out.add(list(SORT, "In order of weight, with - for the greatest first. Else "
                    + asked.order() + ".", Map.of("enum", asked.sorts().stream()
                            .flatMap(name -> name.startsWith("-") ? Stream.of(name)
                                    : Stream.of(name, "-" + name)).toList())));
        }
        if (asked.isSearched()) {
            out.add(parameter(SEARCH, "A part of a name, in small letters or large ones.",
                    "schema", Map.of("type", "string")));
        }
        if (asked.keepsDeleted() && surface.showsDeleted() && route.kind() == Route.Kind.NEEDS) {
            out.add(deleted());
        }
        asked.filters().stream().filter(it -> it.kind() != Questions.Kind.MAP
                && taken.add(it.name())).flatMap(ListParameters::filter).forEach(out::add);
    }

    static Object deleted() {
        return parameter(Deleted.PARAMETER, null, "schema", Map.of("type", "boolean"));
    }

    /// Values with commas between them.
    ///
    /// @param items what is known of each, beside that it is a text
    static Object list(String name, String description, Map<String, Object> items) {
        var item = new LinkedHashMap<String, Object>(Map.of("type", "string"));
        item.putAll(items);
        return parameter(name, description, "style", "form", "explode", false,
                "schema", ordered("type", "array", "items", item));
    }

    private static Stream<Object> filter(Questions.Filter it) {
        var allowed = it.allowed().isEmpty() ? Map.<String, Object>of()
                : Map.<String, Object>of("enum", it.allowed());
        return switch (it.kind()) {
            // An object of comparisons would be shorter, and is more than generators understand.
            case TIME -> Stream.of(Test.GTE, Test.LT).map(test -> parameter(
                    named(it, test), "A time with an offset. " + others(it, Test.GT, Test.LTE,
                            Test.NE), "schema", ordered("type", "string",
                                    "format", "date-time")));
            case ONE -> {
                var schema = ordered("type", "string");
                schema.putAll(allowed);
                yield Stream.of(parameter(it.name(), null, "schema", schema));
            }
            case TEXT, MAP -> Stream.of(list(it.name(), "Any of these. "
                    + others(it, Test.NE, Test.PREFIX, Test.CONTAINS), allowed));
        };
    }

    private static String named(Questions.Filter it, Test test) {
        return it.name() + "[" + Filters.text(test) + "]";
    }

    private static String others(Questions.Filter it, Test... tests) {
        return Stream.of(tests).map(test -> named(it, test))
                .collect(Collectors.joining(", ")) + " compare in other ways.";
    }

    /// What a client may build a form of: the same once more, with entries of maps.
    static void extend(Map<String, Object> operation, Route route, List<String> expands) {
        Questions.of(route).ifPresent(asked -> {
            operation.put("x-filters", asked.filters().stream().map(it ->
                    it.kind() == Questions.Kind.MAP ? it.name() + ".KEY" : it.name()).toList());
            operation.put("x-sorts", asked.sorts());
        });
        if (!expands.isEmpty()) {
            operation.put("x-expands", expands);
        }
    }

    private static Object parameter(
            String name, @Nullable String description, Object... more) {
        var out = ordered("name", name, "in", "query");
        if (description != null) {
            out.put("description", description);
        }
        out.putAll(ordered(more));
        return out;
    }

    private static Map<String, Object> ordered(Object... pairs) {
        var out = new LinkedHashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            out.put((String) pairs[i], pairs[i + 1]);
        }
        return out;
    }
}
