package orrery.kit.http;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.TreeSet;
import orrery.kit.Mistakes;
import orrery.kit.Problem;

/// The edge between JAX-RS and the surfaces: callers are admitted, and every answer and every
/// exception gets the form of the surface that was chosen by path.
@Provider
public class Renderer
        implements ContainerRequestFilter, ContainerResponseFilter, ExceptionMapper<Throwable> {
    private static final Logger LOG = System.getLogger(Renderer.class.getName());

    private final CurrentVertxRequest current;
    private final CrossOrigins crossOrigins;
    private final Doorkeeper doorkeeper;
    private final Streams streams;
    private final Repeats repeats;
    private final Expander expander;

    public Renderer(
            CurrentVertxRequest current, CrossOrigins crossOrigins, Doorkeeper doorkeeper,
            Streams streams, Repeats repeats, Expander expander) {
        this.current = current;
        this.crossOrigins = crossOrigins;
        this.doorkeeper = doorkeeper;
        this.streams = streams;
        this.repeats = repeats;
        this.expander = expander;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        var context = current.getCurrent();
        var route = Front.Found.of(context).route();
        if (!route.consumes().isEmpty()) {
            request.setEntityStream(new Limited(request.getEntityStream(), route.bodyLimit()));
        }
        Handed.grant(context, doorkeeper.admit(
                context, () -> Whereabouts.read(context, request)));
        // Whom it asks costs something: it comes after the limit.
        crossOrigins.mark(context, route);
        checkQuery(context, route);
        IfMatch.read(context, request);
        var key = request.getHeaderString(Idempotency.KEY);
        if (Idempotency.isAsked(request.getMethod(), key, Handed.grant(context))) {
            repeats.begin(request, context, key);
        }
    }

    /// A parameter that nobody reads is a misspelt one: silence would pass for an answer to it.
    private void checkQuery(RoutingContext context, Route route) {
        expander.check(context, route);
        if (route.isOpenQuery() || !Exchange.of(context).surface().refusesUnknownFields()) {
            return;
        }
        var known = new TreeSet<>(route.parameters());
        if (expander.knows(route)) {
            known.add(Expandables.PARAMETER);
        }
        var mistakes = new Mistakes();
        for (var name : context.queryParams().names()) {
            mistakes.unless(known.contains(name), name, "is not a parameter here; known are "
                    + (known.isEmpty() ? "none" : String.join(", ", known)));
        }
        mistakes.orRefuse();
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getEntity() instanceof Answer<?> answer) {
            var context = current.getCurrent();
            var grant = Handed.grantOrNull(context);
            render(grant == null ? answer : expander.expand(
                    context, Front.Found.of(context).route(), grant.call(), answer), response);
        }
        repeats.end(current.getCurrent(), response);
    }

    private void render(Answer<?> answer, ContainerResponseContext response) {
        var context = current.getCurrent();
        var exchange = Exchange.of(context);
        var reply = answer.mediaType() == null
                ? exchange.surface().success(exchange, answer)
                : new Reply(answer.status(), answer.headers(), answer.mediaType(), answer.body());
        response.setStatus(reply.status());
        reply.headers().forEach((name, value) -> {
            if (name.equals(Answer.COOKIE)) {
                value.lines().forEach(one -> response.getHeaders().add(name, one));
            } else {
                response.getHeaders().putSingle(name, value);
            }
        });
        if (reply.mediaType() != null) {
            response.getHeaders().putSingle("Content-Type", reply.mediaType());
        }
        response.setEntity(switch (reply.body()) {
            case null -> null;
            case StreamingOutput written -> written;
            case EventStream stream -> {
                Streams.HEADERS.forEach(response.getHeaders()::putSingle);
                yield streams.output(context, stream, Handed.grant(context).principal());
            }
            default -> reply.bytes();
        });
    }

    @Override
    public Response toResponse(Throwable thrown) {
        var exchange = Exchange.of(current.getCurrent());
        Front.closeAfter(current.getCurrent());
        var reply = exchange.failure(problem(thrown, exchange));
        var response = Response.status(reply.status());
        reply.headers().forEach(response::header);
        if (reply.body() != null) {
            response.type(reply.mediaType()).entity(reply.bytes());
        }
        return response.build();
    }

    private static Problem problem(Throwable thrown, Exchange exchange) {
        return switch (thrown) {
            case Problem.Failure refusal -> refusal.problem();
            // What refused while a handler's arguments were made comes wrapped.
            case WebApplicationException e when e.getCause() instanceof Problem.Failure refusal ->
                    refusal.problem();
            case WebApplicationException e when e.getResponse().getStatus() < 500 ->
                    jaxrs(e, exchange);
            default -> {
                LOG.log(Level.ERROR, exchange.requestId() + " failed", thrown);
                yield new Problem.Internal();
            }
        };
    }

    private static Problem jaxrs(WebApplicationException e, Exchange exchange) {
        return switch (e.getResponse().getStatus()) {
            case 404 -> new Problem.NoSuchRoute(exchange.path());
            case 405 -> new Problem.MethodNotAllowed(exchange.method(), List.of());
            case 406 -> new Problem.NotAcceptable("this media type", "application/json");
            case 413 -> new Problem.PayloadTooLarge(Route.BODY_LIMIT);
            case 415 -> new Problem.UnsupportedMediaType("this media type", "application/json");
            default -> new Problem.Malformed("request", "it cannot be read");
        };
    }
}
