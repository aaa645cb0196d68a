package orrery.kit.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// In which project and region a request means something, where its path does not say: in the
/// query as `projectId`, or in the body as `projectId` and `region`. They are no fields of the
/// record that the handler reads.
///
/// A handler that makes something takes it (`@Context Whereabouts`) for the region to make it in,
/// so that it serves the path with a project and the one without.
public final class Whereabouts {
    /// The name that stands for all regions in a path.
    public static final String GLOBAL = "global";

    static final String PROJECT = "projectId";
    static final String REGION = "region";
    private static final String KEY = "orrery.whereabouts";

    private final @Nullable String project;
    private final String path;
    private final @Nullable String region;
    private final boolean isSaid;

    /// @param isSaid whether the request had to say, because its path does not
    private Whereabouts(@Nullable String project, String path, @Nullable String region,
            boolean isSaid) {
        this.project = project;
        this.path = path;
        this.region = region;
        this.isSaid = isSaid;
    }

    /// The project that is said; `null` when none is.
    @Nullable String project() {
        return project;
    }

    /// The region to make something in.
    ///
    /// @throws Problem.Failure [Problem.Invalid] when the path means all and the body names none
    public String region() {
        new Mistakes().unless(!isSaid || region != null || !path.equals(GLOBAL), REGION,
                "is required where the path says " + GLOBAL).orRefuse();
        return region == null ? path : region;
    }

    static Whereabouts of(RoutingContext context) {
        Whereabouts known = context.get(KEY);
        return known != null ? known : new Whereabouts(null, inPath(context), null, false);
    }

    /// Reads it. The body is read whole for it, and can be read again.
    ///
    /// @throws Problem.Failure [Problem.Invalid] when the request says two things
    static Whereabouts read(RoutingContext context, ContainerRequestContext request) {
        var body = Front.Found.of(context).route().consumes().isEmpty() ? null : body(request);
        var path = inPath(context);
        var asked = context.request().getParam(PROJECT);
        var project = text(body, PROJECT);
        var region = text(body, REGION);
        new Mistakes()
                .unless(asked == null || project == null || asked.equals(project), PROJECT,
                        "is another one in the query")
                .unless(region == null || path.equals(GLOBAL) || path.equals(region), REGION,
                        "is another one in the path; leave it out")
                .orRefuse();
        var found = new Whereabouts(asked == null ? project : asked, path, region, true);
        context.put(KEY, found);
        return found;
    }

    private static String inPath(RoutingContext context) {
        return Front.Found.of(context).parameters().getOrDefault(REGION, GLOBAL);
    }

    private static @Nullable String text(@Nullable JsonNode body, String field) {
        var said = body == null ? null : body.get(field);
        return said == null || !said.isTextual() ? null : said.asText();
    }

    /// The body, which can be read again; `null` for none, and for what is no JSON.
    static @Nullable JsonNode body(ContainerRequestContext request) {
        try {
            var bytes = request.getEntityStream().readAllBytes();
            request.setEntityStream(new ByteArrayInputStream(bytes));
            return bytes.length == 0 ? null : Json.shared().readTree(bytes);
        } catch (JsonProcessingException notOne) {
            // Whoever reads it for the handler says what is wrong with it.
            return null;
        } catch (IOException e) {
            throw new Problem.Malformed("body", "it ends too early").raise();
        }
    }

    /// Takes out of a body what was read here.
    public void strip(JsonNode body) {
        if (isSaid && body instanceof ObjectNode object) {
            for (var field : List.of(PROJECT, REGION)) {
                if (object.path(field).isTextual()) {
                    object.remove(field);
                }
            }
        }
    }
}
