package orrery.kit.http;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import orrery.kit.access.Permission;
import org.jspecify.annotations.Nullable;

/// One route: what is matched, who may call it, and what it reads and writes.
///
/// @param api the class it stands in, or its heir under a path of its own
/// @param template `/v1/regions/{region}/projects`
/// @param kind who may call it
/// @param permission what [Kind#NEEDS] asks for; `null` else
/// @param place where the permission is checked; `null` else
/// @param scopes what a token that names scopes must be good for, one of them; see [TokenScope]
/// @param consumes media types of the body; empty when it reads none
/// @param produces media types of the answer
/// @param parameters of the query, those that the handler names
/// @param isOpenQuery whether the handler looks at the whole query itself, as lists do
/// @param bodyLimit bytes of the largest body
/// @param handler the method; `null` for a WebSocket
/// @param view the record that it answers with, or lists; `null` for anything else
public record Route(
        Class<?> api,
        Class<? extends Surface> surface,
        String method,
        String template,
        Kind kind,
        @Nullable Permission permission,
        @Nullable Place place,
        List<String> scopes,
        List<String> consumes,
        List<String> produces,
        Set<String> parameters,
        boolean isOpenQuery,
        long bodyLimit,
        @Nullable Method handler,
        @Nullable Class<?> view) {

    public enum Kind { NEEDS, OPEN, OWN }

    /// What a body may measure when the route does not say: 1 MiB.
    public static final long BODY_LIMIT = 1 << 20;

    static final Pattern PARAMETER = Pattern.compile("\\{\\s*(\\w+)\\s*(?::[^}]*)?}");

    public Route {
        scopes = List.copyOf(scopes);
        consumes = List.copyOf(consumes);
        produces = List.copyOf(produces);
        parameters = Set.copyOf(parameters);
    }

    /// The names of the path's parameters, in order.
    List<String> pathParameters() {
        return PARAMETER.matcher(template).results().map(found -> found.group(1)).toList();
    }

    /// Whether it works in a project that its path does not name: the request says which, see
    /// [Whereabouts].
    public boolean lacksProject() {
        return place == Place.PROJECT && !template.contains("{project}");
    }

    /// Whether it is hidden from who may not use it.
    public boolean isInternal() {
        return api.isAnnotationPresent(Internal.class)
                || handler != null && handler.isAnnotationPresent(Internal.class);
    }

    public boolean isWebSocket() {
        return handler == null;
    }
}
