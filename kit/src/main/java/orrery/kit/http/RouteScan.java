package orrery.kit.http;

import io.quarkus.websockets.next.WebSocket;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orrery.kit.access.Permission;
import org.jspecify.annotations.Nullable;

/// Reads routes off the annotations of `…Api` classes. A route that does not say who may call it
/// stops the start: every method has exactly one of [Needs], [Open] and [Own].
public final class RouteScan {
    private static final Pattern ONE_WORD = Pattern.compile("\\{\\w+:\\s*(\\w+)\\s*}");

    private RouteScan() {}

    public static Routes of(Stream<Class<?>> apis) {
        var routes = new ArrayList<Route>();
        apis.forEach(api -> {
            if (api.isAnnotationPresent(WebSocket.class)) {
                routes.add(webSocket(api));
            } else {
                for (var method : api.getMethods()) {
                    var verb = verb(method);
                    if (verb != null && !method.isSynthetic()) {
                        routes.add(route(api, method, verb));
                    }
                }
            }
        });
        var all = new Routes(routes);
        var handled = routes.stream().filter(route -> route.handler() != null).toList();
        var classes = handled.stream().map(Route::api).distinct().toList();
        for (var other : classes) {
            var words = path(other).split("/");
            handled.stream().filter(route -> beginning(route.api()) < beginning(other))
                    .forEach(route -> verifyFound(all, route, other, words));
        }
        return all;
    }

    /// JAX-RS chooses among the classes whose paths a request's begins with, and prefers those that
    /// have more words before their first parameter. It never goes back to one with fewer, though
    /// the chosen class may have nothing there.
    ///
    /// @param words of the other class's path
    private static void verifyFound(
            Routes all, Route route, Class<?> other, String[] words) {
        var parts = route.template().split("/");
        if (parts.length < words.length) {
            return;
        }
        var path = new StringBuilder();
        boolean isNamed = false;
        for (int i = 1; i < parts.length; i++) {
            var word = i < words.length && !words[i].startsWith("{") ? words[i] : null;
            boolean isParameter = parts[i].startsWith("{");
            // A region can have that name, global; words in the place of other names cannot be any.
            if (word != null && !parts[i].equals(word) && !parts[i].equals("{region}")) {
                return;
            }
            isNamed |= word != null && isParameter;
            path.append('/').append(!isParameter ? parts[i] : word != null ? word
                    : "x" + parts[i].substring(parts[i].lastIndexOf('}') + 1));
        }
        var found = all.match(route.method(), path.toString());
        if (isNamed && found != null && found.route() != null
                && beginning(found.route().api()) < beginning(other)) {
            throw new IllegalStateException(route.method() + " " + path + " would not be found"
                    + " beside " + other.getName() + "; write a word of that one's path as a"
                    + " parameter, such as {region:global}");
        }
    }

    /// How much of a class's path stands before its first parameter.
    private static int beginning(Class<?> api) {
        var path = api.getAnnotation(Path.class).value();
        return (path + "{").indexOf('{');
    }

    private static Route route(Class<?> api, Method method, String verb) {
        var template = path(api) + path(method);
        var limit = method.getAnnotation(BodyLimit.class);
        return declared(api, verb, template, method, consumes(api, method),
                produces(api, method), limit == null ? Route.BODY_LIMIT : limit.value(), method);
    }

    private static Route webSocket(Class<?> api) {
        var path = api.getAnnotation(WebSocket.class).path();
        return declared(api, "GET", path, api, List.of(), List.of(), 0, null);
    }

    private static Route declared(
            Class<?> api, String verb, String template,
            AnnotatedElement declaring, List<String> consumes, List<String> produces,
            long limit, @Nullable Method handler) {
        var needs = declaring.getAnnotation(Needs.class);
        var said = Stream.of(Needs.class, Open.class, Own.class)
                .filter(declaring::isAnnotationPresent).toList();
        if (said.size() != 1) {
            throw new IllegalStateException(verb + " " + template + " says " + said
                    + "; give it exactly one of @Needs, @Open and @Own");
        }
        var kind = needs != null ? Route.Kind.NEEDS
                : said.getFirst() == Open.class ? Route.Kind.OPEN : Route.Kind.OWN;
        var scope = declaring.getAnnotation(TokenScope.class);
        return new Route(api, surface(api), verb, template, kind,
                needs == null ? null : new Permission(needs.value()),
                needs == null ? null : needs.in(),
                scope == null ? List.of() : List.of(scope.value()), consumes, produces,
                parameters(needs, template, handler),
                handler == null || isOpenQuery(handler), limit, handler,
                handler == null ? null : view(handler.getGenericReturnType()));
    }

    /// The `View` of `Answer<View>` or `Answer<Page<View>>`.
    private static @Nullable Class<?> view(Type answer) {
        return switch (answer) {
            case ParameterizedType p when p.getRawType() == Answer.class
                    || p.getRawType() == Page.class -> view(p.getActualTypeArguments()[0]);
            case Class<?> type when type.isRecord() -> type;
            default -> null;
        };
    }

    /// The query parameters that a route reads, or that are read for it.
    private static Set<String> parameters(
            @Nullable Needs needs, String template, @Nullable Method handler) {
        var read = handler == null ? Stream.<String>empty()
                : Arrays.stream(handler.getParameters())
                        .map(parameter -> parameter.getAnnotation(QueryParam.class))
                        .filter(Objects::nonNull).map(QueryParam::value);
        if (handler != null && takes(handler, Deleted.class)) {
            read = Stream.concat(read, Stream.of(Deleted.PARAMETER));
        }
        var placed = needs == null ? null : switch (needs.in()) {
            case TENANT -> Doorkeeper.ORGANIZATION;
            case PROJECT -> template.contains("{project}") ? null : Whereabouts.PROJECT;
            case PLATFORM, ORGANIZATION, RESOURCE, HOME_ORGANIZATION, HOME_PROJECT -> null;
        };
        return Stream.concat(read, Stream.ofNullable(placed)).collect(Collectors.toSet());
    }

    private static boolean isOpenQuery(Method handler) {
        return takes(handler, PageAsk.class) || takes(handler, Query.class);
    }

    private static boolean takes(Method handler, Class<?> type) {
        return List.of(handler.getParameterTypes()).contains(type);
    }

    private static Class<? extends Surface> surface(Class<?> api) {
        var on = api.getAnnotation(On.class);
        if (on == null) {
            throw new IllegalStateException(api.getName() + " has no @On: say its surface");
        }
        if (!api.isAnnotationPresent(RunOnVirtualThread.class)) {
            throw new IllegalStateException(api.getName()
                    + " has no @RunOnVirtualThread: its handlers would block the event loop");
        }
        return on.value();
    }

    /// A parameter that can be one word only is that word.
    private static String path(AnnotatedElement element) {
        var path = element.getAnnotation(Path.class);
        if (path == null || path.value().equals("/") || path.value().isEmpty()) {
            return "";
        }
        var text = ONE_WORD.matcher(path.value()).replaceAll("$1");
        return text.startsWith("/") ? text : "/" + text;
    }

    private static @Nullable String verb(Method method) {
        return Arrays.stream(method.getAnnotations())
                .map(a -> a.annotationType().getAnnotation(HttpMethod.class))
                .filter(Objects::nonNull)
                .map(HttpMethod::value)
                .findFirst().orElse(null);
    }

    private static List<String> consumes(Class<?> api, Method method) {
        var said = method.getAnnotation(Consumes.class);
        said = said == null ? api.getAnnotation(Consumes.class) : said;
        if (said != null) {
            return List.of(said.value());
        }
        var readsBody = Arrays.stream(method.getParameterAnnotations())
                .anyMatch(RouteScan::isBody);
        return readsBody ? List.of("application/json", "application/merge-patch+json") : List.of();
    }

    private static boolean isBody(Annotation[] annotations) {
        return Arrays.stream(annotations).map(a -> a.annotationType().getPackageName())
                .noneMatch(p -> p.startsWith("jakarta.ws.rs") || p.startsWith("org.jboss"));
    }

    private static List<String> produces(Class<?> api, Method method) {
        var said = method.getAnnotation(Produces.class);
        said = said == null ? api.getAnnotation(Produces.class) : said;
        return said == null ? List.of("application/json") : List.of(said.value());
    }
}
