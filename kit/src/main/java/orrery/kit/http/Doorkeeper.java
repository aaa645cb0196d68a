package orrery.kit.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Call;
import orrery.kit.access.Grant;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.http.Authenticator.Credentials;

/// Asks every caller who it is and whether it may do this here, and makes the [Grant] that the
/// handler works with. Nobody else does.
@ApplicationScoped
public class Doorkeeper {
    /// See [Place#TENANT].
    static final String ORGANIZATION = "orgId";

    private final Authenticator authenticator;
    private final Places places;
    private final Access access;
    private final RateLimits limits;

    public Doorkeeper(
            Authenticator authenticator, Places places, Access access, RateLimits limits) {
        this.authenticator = authenticator;
        this.places = places;
        this.access = access;
        this.limits = limits;
    }

    /// Admits a request, and counts it against the caller's limit.
    ///
    /// @throws Problem.Failure the refusal
    ///
    /// @param where reads where the request means something, when its path does not say
    Grant admit(RoutingContext context, Supplier<Whereabouts> where) {
        var exchange = Exchange.of(context);
        var call = nobody(exchange);
        try {
            call = authenticator.authenticate(
                    call, credentials(context, exchange.surface()));
        } catch (Problem.Failure refusal) {
            if (Front.Found.of(context).route().kind() != Route.Kind.OPEN
                    || !(refusal.problem() instanceof Problem.Unauthenticated)) {
                // Guessing is limited like every other call without a credential.
                limits.count(call, context.response());
                throw refusal;
            }
            // A stale cookie does not keep anybody from signing in again.
        }
        limits.count(call, context.response());
        return grant(call, context, where);
    }

    /// Asks again whether the caller of an open stream may go on listening.
    boolean mayStill(RoutingContext context) {
        try {
            var exchange = Exchange.of(context);
            grant(authenticator.authenticate(nobody(exchange),
                    credentials(context, exchange.surface())), context,
                    () -> Whereabouts.of(context));
            return true;
        } catch (Problem.Failure refusal) {
            return false;
        }
    }

    private Grant grant(Call call, RoutingContext context, Supplier<Whereabouts> where) {
        var found = Front.Found.of(context);
        var route = found.route();
        return switch (route.kind()) {
            case OPEN -> access.open(call);
            case OWN -> inScope(access.self(call), found);
            case NEEDS -> {
                if (call.principal().isAnonymous()) {
                    // Asked first: whether the place exists is nothing for strangers.
                    access.self(call);
                }
                var grant = hidden(call, context, found, where);
                if (Deleted.asked(context).isShown()) {
                    access.require(call, grant.permission().to("update"), grant.scope());
                }
                yield inScope(grant, found);
            }
        };
    }

    /// What is internal is not there for who may not use it.
    private Grant hidden(Call call, RoutingContext context, Front.Found found,
            Supplier<Whereabouts> where) {
        var route = found.route();
        try {
            return grant(call, route, route.lacksProject()
                    ? inProject(call, found, where.get()) : parameters(context, found));
        } catch (Problem.Failure refusal) {
            if (route.isInternal() && refusal.problem() instanceof Problem.Forbidden) {
                throw new Problem.NoSuchRoute(Exchange.of(context).path()).raise();
            }
            throw refusal;
        }
    }

    /// Asked last: a token's scopes take away from what its person may do, and add nothing.
    private static Grant inScope(Grant grant, Front.Found found) {
        var scopes = grant.principal().scopes();
        if (scopes == null) {
            return grant;
        }
        var wanted = found.route().scopes();
        var whose = found.parameters().get("username");
        for (var one : wanted) {
            if (scopes.allow(filled(one, found.parameters()), whose)) {
                return grant;
            }
        }
        throw new Problem.Refused("access with this token", wanted.isEmpty()
                ? "tokens with scopes are not taken here"
                : "it is not good for " + wanted.getFirst()).raise();
    }

    /// A scope with the path's parameters in it. What is in the path is a stranger's: it must not
    /// become two parts, or a wildcard.
    private static String filled(String scope, Map<String, String> parameters) {
        int begin = scope.indexOf('{');
        if (begin < 0) {
            return scope;
        }
        var value = parameters.getOrDefault(scope.substring(begin + 1, scope.length() - 1), "");
        return scope.substring(0, begin) + value.replace(':', '-').replace('*', '-');
    }

    /// Who holds nothing in the project may hold it on the one resource that the path names.
    private Grant grant(Call call, Route route, Map<String, String> parameters) {
        try {
            return access.require(call, route.permission(),
                    places.find(call, route.place(), parameters));
        } catch (Problem.Failure refusal) {
            if (route.place() == Place.PROJECT) {
                var resource = resource(call, parameters);
                if (resource != null) {
                    return access.require(call, route.permission(), resource);
                }
            }
            throw refusal;
        }
    }

    private @Nullable Scope resource(Call call, Map<String, String> parameters) {
        for (var part : parameters.entrySet()) {
            if (!part.getKey().equals("project") && Ids.isId(part.getValue())) {
                try {
                    var found = places.find(
                            call, Place.RESOURCE, Map.of("resource", part.getValue()));
                    return Objects.equals(parameters.get("project"), found.project())
                            ? found : null;
                } catch (Problem.Failure unknown) {
                    return null;
                }
            }
        }
        return null;
    }

    /// The parameters of a path without a project, and the project: the one that the request
    /// names, else that of the thing in the path, else the only one that the credential counts in.
    private Map<String, String> inProject(Call call, Front.Found found, Whereabouts where) {
        var all = new HashMap<>(found.parameters());
        var things = found.route().pathParameters().stream().map(all::get)
                .filter(value -> value != null && Ids.isId(value)).toList();
        var project = where.project();
        if (project == null && !things.isEmpty()) {
            project = places.find(call, Place.RESOURCE, Map.of("resource", things.getFirst()))
                    .project();
        }
        if (project == null) {
            project = call.principal().within().project();
        }
        if (project == null) {
            throw new Problem.Invalid(List.of(new Problem.Mistake(Whereabouts.PROJECT,
                    "is required: the path names neither a project nor something by identifier")))
                    .raise();
        }
        all.put("project", project);
        return all;
    }

    private static Map<String, String> parameters(RoutingContext context, Front.Found found) {
        var organization = found.route().place() == Place.TENANT
                ? context.request().getParam(ORGANIZATION) : null;
        if (organization == null) {
            return found.parameters();
        }
        var all = new HashMap<>(found.parameters());
        all.put(ORGANIZATION, organization);
        return all;
    }

    private static Call nobody(Exchange exchange) {
        return new Call(Principal.ANONYMOUS, exchange.requestId(), null, exchange.address(),
                exchange.deadline());
    }

    private static Credentials credentials(RoutingContext context, Surface surface) {
        var request = context.request();
        var carriers = surface.carriers();
        var authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            var isBearer = authorization.regionMatches(true, 0, "Bearer ", 0, 7);
            return new Credentials(
                    isBearer && carriers.contains(Surface.Carrier.BEARER)
                            ? authorization.substring(7).strip() : null, Map.of());
        }
        // Browsers cannot send a header with an upgrade; everybody else can, and addresses are kept
        // in histories and logs.
        var token = carriers.contains(Surface.Carrier.QUERY_TOKEN)
                && Front.Found.of(context).route().isWebSocket() ? request.getParam("token") : null;
        var cookies = new HashMap<String, String>();
        if (token == null && carriers.contains(Surface.Carrier.COOKIE)) {
            request.cookies().forEach(c -> cookies.put(c.getName(), c.getValue()));
        }
        return new Credentials(token, cookies);
    }
}
