package orrery.kit.http;

import io.vertx.ext.web.RoutingContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;

/// One line of JSON for every request: who asked for which route and what became of it. No header,
/// no query and no body is ever written, so no secret can be.
final class RequestLog {
    private static final Logger LOG = System.getLogger("orrery.request");

    private final Clock clock;

    RequestLog(Clock clock) {
        this.clock = clock;
    }

    void begun(RoutingContext context) {
        if (LOG.isLoggable(Level.INFO)) {
            context.addEndHandler(_ -> ended(context));
        }
    }

    private void ended(RoutingContext context) {
        var exchange = Exchange.of(context);
        var route = Front.Found.ofNullable(context);
        var grant = Handed.grantOrNull(context);
        var line = new LinkedHashMap<String, Object>();
        line.put("time", exchange.received());
        line.put("requestId", exchange.requestId());
        line.put("surface", exchange.surface().name());
        line.put("method", exchange.method());
        line.put("route", route == null ? exchange.path() : route.route().template());
        line.put("status", context.response().getStatusCode());
        line.put("millis", Duration.between(exchange.received(), clock.instant()).toMillis());
        line.put("address", exchange.address());
        if (grant != null) {
            line.put("principal", grant.principal().id());
        }
        LOG.log(Level.INFO, Json.text(line));
    }
}
