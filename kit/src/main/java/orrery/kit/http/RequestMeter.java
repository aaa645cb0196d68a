package orrery.kit.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Times every request under `http.server.requests`, by its route and never by its path: strangers
/// choose paths, and each new one would be a series of its own.
final class RequestMeter {
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final MeterRegistry registry;
    private final Clock clock;

    /// There are no more than routes and statuses. The registry would find each by its sorted tags.
    private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

    private record Kind(String surface, String method, String template, int status) {}

    RequestMeter(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
    }

    void begun(RoutingContext context) {
        context.addEndHandler(_ -> ended(context));
    }

    private void ended(RoutingContext context) {
        var exchange = Exchange.of(context);
        var found = Front.Found.ofNullable(context);
        var kind = new Kind(exchange.surface().name(),
                METHODS.contains(exchange.method()) ? exchange.method() : "OTHER",
                found == null ? "UNKNOWN" : found.route().template(),
                context.response().getStatusCode());
        timers.computeIfAbsent(kind, this::register)
                .record(Duration.between(exchange.received(), clock.instant()));
    }

    private Timer register(Kind kind) {
        return Timer.builder("http.server.requests")
                .tag("surface", kind.surface())
                .tag("method", kind.method())
                .tag("uri", kind.template())
                .tag("status", Integer.toString(kind.status()))
                .register(registry);
    }
}
