package orrery.kit.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Every route there is, as a tree of path segments. The [Front] finds a request's route here, so
/// that an unknown path, a wrong method or a large body is refused before anything is read.
public final class Routes {
    /// A `{parameter}` that matches one segment or, as the last one, the rest of the path; with a
    /// suffix, as in `{run}:cancel`, a segment that ends so.
    private record Wild(String name, boolean rest, String suffix) {
        static Wild parse(String segment) {
            int end = segment.lastIndexOf('}');
            var inner = segment.substring(1, end).split(":", 2);
            return new Wild(inner[0].strip(), inner.length == 2 && inner[1].strip().equals(".*"),
                    segment.substring(end + 1));
        }

        boolean matches(String segment) {
            return segment.length() > suffix.length() && segment.endsWith(suffix);
        }

        boolean isVerb() {
            return suffix.startsWith(":");
        }
    }

    private static final class Node {
        final Map<String, Node> fixed = new HashMap<>();
        /// The longest suffix first: `{run}:cancel` before `{run}`.
        final Map<Wild, Node> wild = new TreeMap<>(
                Comparator.comparingInt((Wild w) -> -w.suffix().length())
                        .thenComparing(Wild::suffix).thenComparing(Wild::name)
                        .thenComparing(Wild::rest));
        final Map<String, Route> byMethod = new TreeMap<>();

        /// Where some end in a verb, what stands behind a colon is one: perhaps an unknown one.
        boolean matches(Wild one, String segment) {
            return one.matches(segment) && (one.isVerb() || segment.indexOf(':') < 0
                    || wild.keySet().stream().noneMatch(Wild::isVerb));
        }
    }

    /// A path that exists. `route` is `null` when it has no such method.
    ///
    /// @param allowed the methods that it has
    public record Match(
            @Nullable Route route, Map<String, String> parameters, List<String> allowed) {}

    private final Node root = new Node();
    private final List<Route> all;

    public Routes(List<Route> routes) {
        all = routes.stream()
                .sorted(Comparator.comparing((Route r) -> r.surface().getSimpleName())
                        .thenComparing(Route::template)
                        .thenComparing(Route::method))
                .toList();
        all.forEach(this::add);
    }

    public List<Route> all() {
        return all;
    }

    /// The route that answers, or `null` when no route has this path.
    ///
    /// @param path normalised, still escaped
    public @Nullable Match match(String method, String path) {
        var parameters = new HashMap<String, String>();
        var asked = method.equals("HEAD") ? "GET" : method;
        var segments = segments(path);
        var node = find(root, segments, 0, parameters, n -> n.byMethod.containsKey(asked));
        if (node == null) {
            node = find(root, segments, 0, parameters, n -> !n.byMethod.isEmpty());
        }
        return node == null ? null
                : new Match(node.byMethod.get(asked), parameters, allowed(node));
    }

    private static List<String> allowed(Node node) {
        return allowed(node.byMethod.keySet());
    }

    /// Those, and the ones that come with them.
    static List<String> allowed(Collection<String> some) {
        var methods = new ArrayList<>(some);
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        methods.add("OPTIONS");
        return methods.stream().sorted().distinct().toList();
    }

    private void add(Route route) {
        var node = root;
        for (var segment : segments(route.template())) {
            if (segment.startsWith("{")) {
                node = node.wild.computeIfAbsent(Wild.parse(segment), _ -> new Node());
            } else {
                node = node.fixed.computeIfAbsent(segment, _ -> new Node());
            }
        }
        var other = node.byMethod.put(route.method(), route);
        if (other != null) {
            throw new IllegalStateException(
                    "two routes answer " + route.method() + " " + route.template());
        }
    }

    private static @Nullable Node find(
            Node node, List<String> segments, int at, Map<String, String> parameters,
            Predicate<Node> wanted) {
        if (at == segments.size()) {
            return wanted.test(node) ? node : null;
        }
        var fixed = node.fixed.get(segments.get(at));
        var found = fixed == null ? null : find(fixed, segments, at + 1, parameters, wanted);
        if (found != null) {
            return found;
        }
        for (var wild : node.wild.entrySet()) {
            var rest = wild.getKey().rest();
            if (!node.matches(wild.getKey(), segments.get(at))) {
                continue;
            }
            found = find(wild.getValue(), segments, rest ? segments.size() : at + 1, parameters,
                    wanted);
            if (found != null) {
                var value = rest
                        ? String.join("/", segments.subList(at, segments.size()))
                        : segments.get(at).substring(0, segments.get(at).length()
                                - wild.getKey().suffix().length());
                parameters.put(wild.getKey().name(), Escapes.decode(value));
                return found;
            }
        }
        return null;
    }

    private static List<String> segments(String path) {
        var start = path.startsWith("/") ? 1 : 0;
        var end = path.endsWith("/") && path.length() > 1 ? path.length() - 1 : path.length();
        if (start >= end) {
            return List.of();
        }
        var out = new ArrayList<String>();
        int depth = 0;
        int from = start;
        for (int i = start; i < end; i++) {
            var c = path.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == '/' && depth <= 0) {
                out.add(path.substring(from, i));
                from = i + 1;
            }
        }
        out.add(path.substring(from, end));
        return out;
    }
}
