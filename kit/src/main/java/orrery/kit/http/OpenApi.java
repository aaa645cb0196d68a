package orrery.kit.http;

import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.StreamingOutput;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The OpenAPI 3.1 document of one surface, read off the same routes, records and rules that
/// requests meet: it cannot say what the server does not do.
public final class OpenApi {
    private static final Map<String, Object> WHEREABOUTS = map("type", "object", "properties",
            map(Whereabouts.PROJECT, map("type", "string"),
                    Whereabouts.REGION, map("type", "string")));
    /// OpenAPI says these headers elsewhere: 4.8.12.2.
    private static final Set<String> NO_PARAMETERS =
            Set.of("Accept", "Authorization", "Content-Type");
    /// Of the statuses that an operation can have, from planned to blocked: what is not served does
    /// not stand in the document.
    private static final String SERVED = "mvp";
    private static final String REPEATED = "IdempotencyKey";
    private static final int NOTHING = 204;
    private static final int ELSEWHERE = 300;

    private final Surface surface;
    private final Expandables expandables;
    private final Visibility visibility;
    private final Schemas schemas;
    private final Successes successes;
    private final Map<String, Object> tags = new TreeMap<>();
    private final Set<String> operations = new HashSet<>();

    private OpenApi(Surface surface, Expandables expandables, Visibility visibility) {
        this.surface = surface;
        this.expandables = expandables;
        this.visibility = visibility;
        this.schemas = new Schemas(visibility);
        this.successes = new Successes(surface.getClass().getClassLoader());
    }

    /// @param title what the family is called
    /// @param version the product's
    /// @param visibility whether it has what is for operators, too
    public static Map<String, Object> of(
            Surface surface, Routes routes, Expandables expandables, String title,
            String version, Visibility visibility) {
        return new OpenApi(surface, expandables, visibility).document(routes, title, version);
    }

    private Map<String, Object> document(Routes routes, String title, String version) {
        var paths = new TreeMap<String, Map<String, Object>>();
        for (var route : routes.all()) {
            if (route.surface().isInstance(surface)
                    && (visibility == Visibility.INTERNAL || isPublic(route))) {
                paths.computeIfAbsent(
                        Route.PARAMETER.matcher(route.template()).replaceAll("{$1}"),
                        _ -> new LinkedHashMap<>())
                        .put(route.method().toLowerCase(Locale.ROOT), operation(route));
            }
        }
        var document = new LinkedHashMap<String, Object>();
        document.put("openapi", "3.1.0");
        document.put("info", map("title", title, "version", version,
                "description", "One of the families of HTTP routes that this server has. It is "
                        + "written from what the server does, by the server.",
                "contact", map("name", "Who runs this server"),
                "license", map("name", "Apache 2.0", "identifier", "Apache-2.0")));
        document.put("servers", List.of(map("url", "/",
                "description", "The server that this document is read from")));
        document.put("tags", tags.values().stream().toList());
        document.put("paths", paths);
        document.put("components", map(
                "schemas", schemas.named(),
                "parameters", map(REPEATED, map("name", Idempotency.KEY, "in", "header",
                        "description", "Whoever asks again with the same key is answered the same:"
                                + " nothing is done twice. One to 255 printable characters, kept"
                                + " for a day.", "schema", map("type", "string"))),
                "responses", map("Refusal", map("description", "A refusal.", "content", map(
                        surface.failureSchema().isEmpty() ? "text/plain" : "application/json",
                        map("schema", surface.failureSchema())))),
                "securitySchemes", map("bearer", map("type", "http", "scheme", "bearer"))));
        return document;
    }

    private Map<String, Object> operation(Route route) {
        var out = new LinkedHashMap<String, Object>();
        var handler = route.handler();
        var tag = tag(route.api());
        tags.computeIfAbsent(tag, name -> map("name", name, "description", words(name) + "."));
        if (handler == null) {
            out.put("operationId", operation(tag + ".open", route));
            out.put("summary", "Opens a WebSocket");
        } else {
            out.put("operationId", operation(tag + "." + handler.getName(), route));
            out.put("summary", words(handler.getName()));
        }
        out.put("description", whoMay(route));
        out.put("tags", List.of(tag));
        out.put("parameters", parameters(route));
        if (handler != null && !route.consumes().isEmpty()) {
            out.put("requestBody", body(route, handler));
        }
        out.put("responses", responses(route));
        out.put("security", route.kind() == Route.Kind.OPEN
                ? List.of() : List.of(map("bearer", List.of())));
        if (route.permission() != null) {
            out.put("x-permission", route.permission().name());
        }
        out.put("x-visibility", isPublic(route)
                ? List.of("internal", "public") : List.of("internal"));
        out.put("x-status", SERVED);
        ListParameters.extend(out, route, expandables.names(route));
        return out;
    }

    private static boolean isPublic(Route route) {
        return !route.isInternal() && route.place() != Place.PLATFORM;
    }

    /// A name that no other operation has: those that classes of one name share go by their path.
    private String operation(String name, Route route) {
        var distinct = name;
        for (var part : route.template().split("/")) {
            if (operations.contains(distinct) && part.matches("[a-z-]+")) {
                distinct = name + "." + part;
            }
        }
        if (!operations.add(distinct)) {
            throw new IllegalStateException(
                    "no name for " + route.method() + " " + route.template());
        }
        return distinct;
    }

    private static String whoMay(Route route) {
        return switch (route.kind()) {
            case OPEN -> "For everybody.";
            case OWN -> "For whoever is signed in, about what is theirs or in their sight.";
            case NEEDS -> "Needs the permission `" + route.permission().name() + "`"
                    + where(route.place()) + ".";
        };
    }

    private static String where(@Nullable Place place) {
        return switch (place) {
            case null -> "";
            case PLATFORM -> " on the whole installation";
            case ORGANIZATION, TENANT -> " in the organization";
            case PROJECT -> " in the project";
            case RESOURCE -> " on the resource";
            case HOME_ORGANIZATION, HOME_PROJECT -> " where the session is";
        };
    }

    private List<Object> parameters(Route route) {
        var out = new ArrayList<Object>();
        route.pathParameters().forEach(name -> out.add(map("name", name, "in", "path",
                "required", true, "schema", map("type", "string"))));
        if (route.handler() == null) {
            return out;
        }
        if (route.place() == Place.TENANT) {
            out.add(map("name", Doorkeeper.ORGANIZATION, "in", "query",
                    "schema", map("type", "string")));
        }
        if (route.lacksProject()) {
            out.add(map("name", Whereabouts.PROJECT, "in", "query",
                    "schema", map("type", "string")));
        }
        for (var parameter : route.handler().getParameters()) {
            var query = parameter.getAnnotation(QueryParam.class);
            var header = parameter.getAnnotation(HeaderParam.class);
            if (query != null) {
                out.add(parameter(query.value(), "query", parameter));
            } else if (header != null && !NO_PARAMETERS.contains(header.value())) {
                out.add(parameter(header.value(), "header", parameter));
            } else if (parameter.getType() == Deleted.class) {
                out.add(ListParameters.deleted());
            } else if (parameter.getType() == PageAsk.class) {
                out.addAll(new ListParameters(surface).of(route, names(out, route)));
            }
        }
        var expands = expandables.names(route);
        if (!expands.isEmpty()) {
            out.add(ListParameters.list(Expandables.PARAMETER,
                    "What to show beside the identifiers, or what these name in turn.",
                    map("pattern", "^(" + String.join("|", expands) + ")(\\.[A-Za-z]+){0,"
                            + (Expandables.DEEPEST - 1) + "}$")));
        }
        if (Idempotency.isFor(route)) {
            out.add(map("$ref", "#/components/parameters/" + REPEATED));
        }
        return out;
    }

    /// Of the parameters that the route has beside its list's.
    private static Set<String> names(List<Object> so, Route route) {
        var names = new HashSet<>(route.parameters());
        so.forEach(parameter -> names.add(String.valueOf(((Map<?, ?>) parameter).get("name"))));
        return names;
    }

    private Object parameter(String name, String in, Parameter parameter) {
        return map("name", name, "in", in,
                "schema", schemas.of(parameter.getAnnotatedType(), true));
    }

    private Object body(Route route, Method handler) {
        var read = Arrays.stream(handler.getParameters())
                .filter(OpenApi::isBody)
                .findFirst();
        var schema = read.map(p -> body(route, p)).orElseGet(() -> form(handler));
        var whole = route.lacksProject() ? map("allOf", List.of(schema, WHEREABOUTS)) : schema;
        var content = new LinkedHashMap<String, Object>();
        route.consumes().stream()
                .filter(type -> !type.equals("application/merge-patch+json"))
                .forEach(type -> content.put(type, map("schema",
                        type.startsWith("text/") ? map("type", "string") : whole)));
        return map("required", read.stream().noneMatch(p ->
                p.getAnnotatedType().isAnnotationPresent(Nullable.class)), "content", content);
    }

    /// What the reader of bodies takes out of it is said, too.
    private Map<String, Object> body(Route route, Parameter parameter) {
        var read = parameter.getAnnotation(Reads.class);
        if (read != null) {
            return schemas.of(read.value(), true);
        }
        var schema = schemas.of(parameter.getAnnotatedType(), true);
        if (surface.refusesUnknownFields() && IfMatch.isReadBy(route)) {
            schemas.add(parameter.getType(), IfMatch.FIELD,
                    map("type", "integer", "format", "int64"));
        }
        return schema;
    }

    private Map<String, Object> form(Method handler) {
        var properties = new LinkedHashMap<String, Object>();
        for (var parameter : handler.getParameters()) {
            var field = parameter.getAnnotation(FormParam.class);
            if (field != null) {
                properties.put(field.value(), schemas.of(parameter.getAnnotatedType(), true));
            }
        }
        return map("type", "object", "properties", properties);
    }

    private static boolean isBody(Parameter parameter) {
        return !parameter.isAnnotationPresent(Context.class)
                && !parameter.isAnnotationPresent(PathParam.class)
                && Arrays.stream(parameter.getAnnotations()).noneMatch(a -> a.annotationType()
                        .getPackageName().matches("jakarta\\.ws\\.rs.*|org\\.jboss\\..*"));
    }

    private Map<String, Object> responses(Route route) {
        var out = new LinkedHashMap<String, Object>();
        if (route.isWebSocket()) {
            out.put("101", map("description", "The WebSocket is open."));
        } else {
            successes.of(route.handler()).forEach(status ->
                    out.put(Integer.toString(status), success(route, status)));
        }
        out.put("4XX", route.produces().equals(List.of("text/html"))
                ? map("description", "A page that says why.", "content",
                        map("text/html", map("schema", map("type", "string"))))
                : map("$ref", "#/components/responses/Refusal"));
        out.put("5XX", map("$ref", "#/components/responses/Refusal"));
        return out;
    }

    private Object success(Route route, int status) {
        var shown = shown(route.handler());
        var description = switch (status) {
            case 201 -> "Made.";
            case 202 -> "Accepted: a run carries it out.";
            case NOTHING -> "Done: there is nothing to show.";
            case 207 -> "Each item has an answer of its own.";
            default -> status < ELSEWHERE ? "Done." : "It goes on elsewhere, see `Location`.";
        };
        if (shown == null || status == NOTHING || status >= ELSEWHERE) {
            return map("description", description);
        }
        var isPage = shown.getType() instanceof ParameterizedType p && p.getRawType() == Page.class;
        var isRaw = shown.getType() == String.class || shown.getType() == StreamingOutput.class;
        var schema = isRaw ? map("type", "string")
                : isPage ? map("type", "array", "items", schemas.of(
                        ((AnnotatedParameterizedType) shown)
                                .getAnnotatedActualTypeArguments()[0], false))
                : schemas.of(shown, false);
        var content = new LinkedHashMap<String, Object>();
        for (var type : route.produces()) {
            content.put(type, map("schema", type.equals("application/json")
                    ? surface.successSchema(schema, isPage) : map("type", "string")));
        }
        return map("description", description, "content", content);
    }

    /// What an answer shows: the `View` of `Answer<View>`; `null` for nothing.
    private static @Nullable AnnotatedType shown(@Nullable Method handler) {
        if (handler != null
                && handler.getAnnotatedReturnType() instanceof AnnotatedParameterizedType answer) {
            var type = answer.getAnnotatedActualTypeArguments()[0];
            return type.getType() == Void.class ? null : type;
        }
        return null;
    }

    private static String tag(Class<?> api) {
        return api.getSimpleName().replaceFirst("(Cloud|Studio|Workspace)?Api$", "");
    }

    private static String words(String name) {
        var text = name.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    private static Map<String, Object> map(Object... pairs) {
        var out = new LinkedHashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            out.put((String) pairs[i], pairs[i + 1]);
        }
        return out;
    }
}
