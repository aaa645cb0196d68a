package orrery.kit.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// The header `If-Match` (RFC 9110 13.1.1): change it only if it still is the version I know. Where
/// a family refuses what it does not know, the body may say it, too: `"version": 3`.
public final class IfMatch {
    static final String HEADER = "If-Match";
    static final String FIELD = "version";
    private static final Pattern STRONG = Pattern.compile("\"(\\d{1,18})\"");

    private IfMatch() {}

    /// The version that the caller knows; empty when it does not care.
    ///
    /// @throws Problem.Failure [Problem.Malformed] when it is no ETag of ours
    public static OptionalLong version(@Nullable String header) {
        if (header == null || header.strip().equals("*")) {
            return OptionalLong.empty();
        }
        var match = STRONG.matcher(header.strip());
        if (!match.matches()) {
            throw new Problem.Malformed("If-Match",
                    "send the ETag of the version that you know, such as \"3\", or *").raise();
        }
        return OptionalLong.of(Long.parseLong(match.group(1)));
    }

    /// Refuses a change of another version than the one that the caller knows.
    ///
    /// @param version as it is now
    /// @param expected what [#version] said
    /// @throws Problem.Failure [Problem.PreconditionFailed]
    public static void verify(String kind, String id, long version, OptionalLong expected) {
        if (expected.isPresent() && expected.getAsLong() != version) {
            throw new Problem.PreconditionFailed(kind, id, "version " + expected.getAsLong(),
                    "version " + version).raise();
        }
    }

    /// Whether a route does something only to the version that the caller knows.
    static boolean isReadBy(Route route) {
        return route.handler() != null && Arrays.stream(route.handler().getParameters())
                .map(parameter -> parameter.getAnnotation(HeaderParam.class))
                .anyMatch(header -> header != null && header.value().equals(HEADER));
    }

    /// Hands the version that a body says on as the header.
    ///
    /// @throws Problem.Failure [Problem.Invalid] when body and header say two things
    static void read(RoutingContext context, ContainerRequestContext request) {
        if (isSaidBy(context)
                && Whereabouts.body(request) instanceof ObjectNode body && isSaid(body)) {
            var tag = "\"" + body.path(FIELD).asText() + "\"";
            var header = request.getHeaderString(HEADER);
            new Mistakes().unless(header == null || header.strip().equals(tag), FIELD,
                    "is another one in " + HEADER).orRefuse();
            request.getHeaders().putSingle(HEADER, tag);
        }
    }

    /// The body without what was read here: it is no field of the record that the handler reads.
    static void strip(RoutingContext context, JsonNode tree) {
        if (isSaidBy(context) && tree instanceof ObjectNode body && isSaid(body)) {
            body.remove(FIELD);
        }
    }

    private static boolean isSaidBy(RoutingContext context) {
        var route = Front.Found.of(context).route();
        return !route.consumes().isEmpty() && isReadBy(route)
                && Exchange.of(context).surface().refusesUnknownFields();
    }

    private static boolean isSaid(ObjectNode body) {
        return body.path(FIELD).isIntegralNumber();
    }
}
