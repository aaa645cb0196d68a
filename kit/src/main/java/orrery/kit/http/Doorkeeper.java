package orrery.kit.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Call;
import orrery.kit.access.Grant;
import orrery.kit.access.Principal;
import orrery.kit.http.Authenticator.Credentials;

/// Asks every caller who it is and whether it may do this here, and makes the [Grant] that the
/// handler works with. Nobody else does.
@ApplicationScoped
public class Doorkeeper {
    private final Authenticator authenticator;
    private final Places places;
    private final Access access;

    public Doorkeeper(Authenticator authenticator, Places places, Access access) {
        this.authenticator = authenticator;
        this.places = places;
        this.access = access;
    }

    /// @throws Problem.Failure the refusal
    Grant admit(RoutingContext context) {
        var exchange = Exchange.of(context);
        var found = Front.Found.of(context);
        var route = found.route();
        var nobody = new Call(Principal.ANONYMOUS, exchange.requestId(), null,
                exchange.address(), exchange.deadline());
        var credentials = credentials(context.request(), exchange.surface());
        return switch (route.kind()) {
            case OPEN -> access.open(ifItCounts(nobody, credentials));
            case OWN -> access.self(authenticator.authenticate(nobody, credentials));
            case NEEDS -> {
                var call = authenticator.authenticate(nobody, credentials);
                if (call.principal().isAnonymous()) {
                    // Asked first: whether the place exists is nothing for strangers.
                    access.self(call);
                }
                yield access.require(call, route.permission(),
                        places.find(call, route.place(), found.parameters()));
            }
        };
    }

    /// On an open route a stale cookie does not keep anybody from signing in again.
    private Call ifItCounts(Call nobody, Credentials credentials) {
        try {
            return authenticator.authenticate(nobody, credentials);
        } catch (Problem.Failure refusal) {
            if (refusal.problem() instanceof Problem.Unauthenticated) {
                return nobody;
            }
            throw refusal;
        }
    }

    private static Credentials credentials(HttpServerRequest request, Surface surface) {
        var carriers = surface.carriers();
        var authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            var isBearer = authorization.regionMatches(true, 0, "Bearer ", 0, 7);
            return new Credentials(
                    isBearer && carriers.contains(Surface.Carrier.BEARER)
                            ? authorization.substring(7).strip() : null, Map.of());
        }
        var token = carriers.contains(Surface.Carrier.QUERY_TOKEN)
                ? request.getParam("token") : null;
        var cookies = new HashMap<String, String>();
        if (token == null && carriers.contains(Surface.Carrier.COOKIE)) {
            request.cookies().forEach(c -> cookies.put(c.getName(), c.getValue()));
        }
        return new Credentials(token, cookies);
    }
}
