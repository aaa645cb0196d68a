package orrery.kit.http;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// What can be shown beside a view whose fields name it by identifier, and how a caller asks for
/// it: `expand=organization,project.owner`.
public final class Expandables {
    static final String PARAMETER = "expand";
    static final int DEEPEST = 3;

    private static final String ID = "Id";
    private static final int MOST = 10;

    private final Map<String, Kind> kinds;
    private final Map<Class<?>, List<String>> names = new ConcurrentHashMap<>();

    /// One kind of things.
    ///
    /// @param api the [Expandable] that shows them
    /// @param needs `null` when [Expandable#show] asks itself
    record Kind(Class<?> api, @Nullable Needs needs, Class<?> view) {}

    /// What was asked for: names, and what was asked for within each.
    record Wanted(Map<String, Wanted> within) {
        private Wanted() {
            this(new TreeMap<>());
        }
    }

    private Expandables(Map<String, Kind> kinds) {
        this.kinds = Map.copyOf(kinds);
    }

    /// Reads them off the annotations of `…Api` classes.
    public static Expandables of(Stream<Class<?>> apis) {
        var kinds = new HashMap<String, Kind>();
        apis.filter(Expandable.class::isAssignableFrom)
                .flatMap(api -> Arrays.stream(api.getMethods())).distinct()
                .filter(method -> !method.isBridge()
                        && method.isAnnotationPresent(Expands.class))
                .forEach(method -> {
                    for (var name : method.getAnnotation(Expands.class).value()) {
                        if (kinds.put(name, kind(method)) != null) {
                            throw new IllegalStateException("two things are called " + name);
                        }
                    }
                });
        return new Expandables(kinds);
    }

    private static Kind kind(Method show) {
        var needs = show.getAnnotation(Needs.class);
        if ((needs == null) != show.isAnnotationPresent(Own.class)) {
            throw new IllegalStateException(show + " has not exactly one of @Needs and @Own");
        }
        return new Kind(show.getDeclaringClass(), needs, show.getReturnType());
    }

    Kind kind(String name) {
        var kind = kinds.get(name);
        if (kind == null) {
            throw new IllegalStateException("nothing is called " + name);
        }
        return kind;
    }

    /// The names that can be asked for beside what a route shows.
    List<String> names(Route route) {
        return route.method().equals("GET") ? names(route.view()) : List.of();
    }

    private List<String> names(@Nullable Class<?> view) {
        return view == null ? List.of() : names.computeIfAbsent(view, this::look);
    }

    private List<String> look(Class<?> view) {
        return Shape.of(view).parts().stream()
                .filter(part -> part.raw() == String.class && part.field().endsWith(ID))
                .map(part -> part.field().substring(0, part.field().length() - ID.length()))
                .filter(kinds::containsKey).sorted().toList();
    }

    /// The field that names a thing by identifier.
    static String field(String name) {
        return name + ID;
    }

    /// @param asked the parameter's values, each of which may be a list with commas
    /// @throws Problem.Failure [Problem.BadQuery] naming what is possible
    Wanted read(Route route, List<String> asked) {
        var paths = asked.stream().flatMap(text -> Arrays.stream(text.split(",", MOST + 1)))
                .limit(MOST + 1L).toList();
        if (paths.size() > MOST) {
            throw bad("at most " + MOST + " paths can be expanded", List.of());
        }
        var wanted = new Wanted();
        for (var path : paths) {
            var segments = path.split("\\.", DEEPEST + 1);
            if (segments.length > DEEPEST) {
                throw bad("a path has at most " + DEEPEST + " names", List.of());
            }
            var at = wanted;
            Class<?> view = route.view();
            for (var segment : segments) {
                if (!names(view).contains(segment)) {
                    throw bad((segment.isEmpty() ? "an empty name" : segment)
                            + " is nothing that can be expanded here", names(view));
                }
                at = at.within().computeIfAbsent(segment, _ -> new Wanted());
                view = kind(segment).view();
            }
        }
        return wanted;
    }

    static Problem.Failure bad(String cause, List<String> allowed) {
        return new Problem.BadQuery(Problem.BadQuery.Part.EXPAND, cause, allowed).raise();
    }
}
