package orrery.kit.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// Stands in front of everything. It picks the surface by path and makes the request id before
/// anything can fail, and refuses what needs no handler to be refused: a foreign host, an unknown
/// path, a wrong method, a body too large or of the wrong type.
public final class Front {
    private static final Logger LOG = System.getLogger(Front.class.getName());
    /// Load balancers and kubelets probe by address, whatever name users know.
    private static final String PROBES = "/q/health/";
    /// What is for operators and no API of ours.
    private static final String INNER = "/q/";
    private static final String ROUTE = "orrery.route";
    private static final String SUCCESSOR = "orrery.successor";

    private final Surfaces surfaces;
    private final Routes routes;
    private final Hosts hosts;
    private final Upgrades upgrades;
    private final RequestIds ids;
    private final Clock clock;
    private final Duration patience;
    private final RequestLog log;
    private final RequestMeter meter;

    /// @param patience how long a caller waits for an answer
    /// @param registry where requests are counted and timed
    public Front(Surfaces surfaces, Routes routes, Hosts hosts, Upgrades upgrades,
            RequestIds ids, Clock clock, Duration patience, MeterRegistry registry) {
        this.surfaces = surfaces;
        this.routes = routes;
        this.hosts = hosts;
        this.upgrades = upgrades;
        this.ids = ids;
        this.clock = clock;
        this.patience = patience;
        this.log = new RequestLog(clock);
        this.meter = new RequestMeter(registry, clock);
    }

    /// Lets a request in, or answers it.
    public void handle(RoutingContext context) {
        if (Exchange.knows(context)) {
            again(context);
            return;
        }
        var exchange = begin(context);
        var path = exchange.path();
        try {
            Bodies.checkHead(context.request());
            if (!path.startsWith(PROBES)) {
                hosts.check(context.request());
            }
            if (path.startsWith(INNER) && Hosts.isPod(exchange.address())) {
                throw new Problem.NoSuchRoute(path).raise();
            }
            Escapes.check(context.request().uri());
            var successor = exchange.surface().successor(path);
            if (successor == null) {
                admit(context, exchange, path);
            } else {
                deprecated(context, exchange, successor);
            }
        } catch (Problem.Failure refusal) {
            refuse(context, refusal.problem());
        }
    }

    private Exchange begin(RoutingContext context) {
        var path = path(context);
        var now = clock.instant();
        var exchange = new Exchange(surfaces.of(path), ids.next(), now, now.plus(patience),
                context.request().method().name(), path,
                hosts.client(context.request()), List.of());
        exchange.attach(context);
        context.response().putHeader("X-Request-Id", exchange.requestId());
        log.begun(context);
        meter.begun(context);
        return exchange;
    }

    /// A request that was sent on to another path. What the answer said so far is gone by then.
    private void again(RoutingContext context) {
        if (Found.ofNullable(context) != null) {
            context.next();
            return;
        }
        var exchange = Exchange.of(context);
        context.response().putHeader("X-Request-Id", exchange.requestId());
        Surface.Successor successor = context.get(SUCCESSOR);
        var since = successor.since().atStartOfDay().toEpochSecond(ZoneOffset.UTC);
        context.response()
                .putHeader("Deprecation", "@" + since)
                .putHeader("Sunset", DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        successor.sunset().atStartOfDay(ZoneOffset.UTC)))
                .putHeader("Link", "<" + successor.path() + ">; rel=\"successor-version\"");
        try {
            admit(context, exchange, path(context));
        } catch (Problem.Failure refusal) {
            refuse(context, refusal.problem());
        }
    }

    /// An address from an earlier version goes on at its successor, with a warning (RFC 9745,
    /// RFC 8594).
    private static void deprecated(
            RoutingContext context, Exchange exchange, Surface.Successor successor) {
        exchange.warned(new Exchange.Warning("DEPRECATED_ENDPOINT",
                "use " + successor.path() + " instead", successor.sunset().toString()))
                .attach(context);
        context.put(SUCCESSOR, successor);
        var query = context.request().query();
        context.reroute(successor.path() + (query == null ? "" : "?" + query));
    }

    /// Answers what failed on its way through the router, outside of every handler.
    public void failed(RoutingContext context) {
        if (!Exchange.knows(context)) {
            // The router itself refused it before it came to us.
            begin(context);
        }
        if (context.failure() instanceof Problem.Failure refusal) {
            refuse(context, refusal.problem());
            return;
        }
        switch (context.statusCode()) {
            case 400 -> refuse(context, new Problem.Malformed("request", "it is malformed"));
            case 404 -> refuse(context, new Problem.NoSuchRoute(Exchange.of(context).path()));
            case 413 -> refuse(context, new Problem.PayloadTooLarge(Route.BODY_LIMIT));
            default -> {
                LOG.log(Level.ERROR, Exchange.of(context).requestId() + " failed",
                        context.failure());
                refuse(context, new Problem.Internal());
            }
        }
    }

    /// Answers with a refusal, in the surface's own format.
    static void refuse(RoutingContext context, Problem problem) {
        send(context, Exchange.of(context).failure(problem));
    }

    private static void send(RoutingContext context, Reply reply) {
        var response = context.response();
        if (response.headWritten()) {
            context.request().connection().close();
            return;
        }
        response.setStatusCode(reply.status());
        reply.headers().forEach(response::putHeader);
        if (reply.mediaType() != null) {
            response.putHeader(HttpHeaders.CONTENT_TYPE, reply.mediaType());
        }
        closeAfter(context);
        response.end(io.vertx.core.buffer.Buffer.buffer(reply.bytes()));
    }

    /// The rest of a body that nobody reads would keep the connection busy: it ends with the
    /// answer.
    static void closeAfter(RoutingContext context) {
        var request = context.request();
        if (hasBody(request) && !request.isEnded() && request.version() != HttpVersion.HTTP_2) {
            context.response().putHeader(HttpHeaders.CONNECTION, "close");
        }
    }

    private void admit(RoutingContext context, Exchange exchange, String path) {
        var match = routes.match(exchange.method(), path);
        if (match == null || match.route() == null || !isFromAnyPage(match.route())) {
            hosts.checkOrigin(context.request());
        }
        if (match == null) {
            if (exchange.surface() == surfaces.last()) {
                context.next();
                return;
            }
            throw new Problem.NoSuchRoute(path).raise();
        }
        var route = match.route();
        if (route == null) {
            if (exchange.method().equals("OPTIONS")) {
                send(context, Reply.empty(204).with("Allow", String.join(", ", match.allowed())));
                return;
            }
            throw new Problem.MethodNotAllowed(exchange.method(), match.allowed()).raise();
        }
        Bodies.check(context.request(), route);
        context.put(ROUTE, new Found(route, match.parameters()));
        if (route.isWebSocket()) {
            upgrades.admit(context);
        } else {
            context.next();
        }
    }

    private static boolean isFromAnyPage(Route route) {
        return route.handler() != null
                && route.handler().isAnnotationPresent(FromAnyPage.class);
    }

    /// The route that a request was let in for.
    record Found(Route route, Map<String, String> parameters) {
        static @Nullable Found ofNullable(RoutingContext context) {
            return context.get(ROUTE);
        }

        static Found of(RoutingContext context) {
            var found = ofNullable(context);
            if (found == null) {
                throw new IllegalStateException("no route was found");
            }
            return found;
        }
    }

    private static boolean hasBody(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
                || request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                        && !"0".equals(request.getHeader(HttpHeaders.CONTENT_LENGTH));
    }

    /// Without dot segments and needless escapes. A path too broken for that stays as it came: it
    /// is refused, in the format of the surface that it seems to mean.
    private static String path(RoutingContext context) {
        var raw = context.request().path();
        if (raw == null || !raw.startsWith("/")) {
            return "/";
        }
        try {
            return context.normalizedPath();
        } catch (IllegalArgumentException e) {
            return raw;
        }
    }
}
