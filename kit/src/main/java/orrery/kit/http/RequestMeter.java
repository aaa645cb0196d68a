package orrery.kit.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/// Times every request under `http.server.requests`, by its route and never by its path: strangers
/// choose paths, and each new one would be a series of its own.
final class RequestMeter {
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final MeterRegistry registry;
    private final Clock clock;

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
        Timer.builder("http.server.requests")
                .tag("surface", exchange.surface().name())
                .tag("method", METHODS.contains(exchange.method()) ? exchange.method() : "OTHER")
                .tag("uri", found == null ? "UNKNOWN" : found.route().template())
                .tag("status", Integer.toString(context.response().getStatusCode()))
                .register(registry)
                .record(Duration.between(exchange.received(), clock.instant()));
    }
}
