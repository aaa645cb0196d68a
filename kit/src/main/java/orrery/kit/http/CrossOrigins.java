package orrery.kit.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/// Tells browsers whose scripts may read an answer ([CrossOrigin]).
@ApplicationScoped
public class CrossOrigins {
    private static final int LONGEST = 300;

    private final Origins origins;

    public CrossOrigins(Origins origins) {
        this.origins = origins;
    }

    /// The answer to what browsers ask before a script of another origin asks (CORS preflight,
    /// WHATWG Fetch 4.8). They heed it only where [CrossOrigin] names the asking origin.
    ///
    /// @param methods that such scripts may use
    public static Answer<Void> preflight(List<String> methods) {
        return Answer.<Void>none()
                .header("Allow", String.join(", ", Routes.allowed(methods)))
                .header("Access-Control-Allow-Methods", String.join(", ", methods))
                .header("Access-Control-Allow-Headers", "Authorization, Content-Type")
                .header("Access-Control-Max-Age", "600");
    }

    /// Marks the answer before it is made, so that scripts can read refusals too.
    void mark(RoutingContext context, Route route) {
        var said = route.handler() == null ? null
                : route.handler().getAnnotation(CrossOrigin.class);
        if (said == null) {
            return;
        }
        var headers = context.response().headers();
        var origin = context.request().getHeader(HttpHeaders.ORIGIN);
        switch (said.value()) {
            case ANY -> headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            case REGISTERED -> {
                // Caches must not give one origin's answer to another.
                headers.add(HttpHeaders.VARY, "Origin");
                if (origin != null && origin.length() <= LONGEST && origins.isRegistered(origin)) {
                    headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                    headers.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS,
                            "WWW-Authenticate, Retry-After, X-Request-Id");
                }
            }
        }
    }
}
