package orrery.kit.http;

import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import orrery.kit.Problem;
import orrery.kit.http.Idempotency.Mine;
import orrery.kit.http.Idempotency.Stored;

/// Where a request with an `Idempotency-Key` comes in and its answer goes out.
@ApplicationScoped
public class Repeats {
    private static final Logger LOG = System.getLogger(Repeats.class.getName());
    private static final String TAKEN = "orrery.idempotency";
    private static final List<String> KEPT = List.of("Content-Type", "ETag", "Location");

    private final Idempotency idempotency;

    Repeats(Idempotency idempotency) {
        this.idempotency = idempotency;
    }

    /// Ends the request with the stored answer if there is one.
    void begin(ContainerRequestContext request, RoutingContext context, String key) {
        var grant = Handed.grant(context);
        var body = body(request, context);
        switch (idempotency.begin(grant, request.getMethod(), target(context), key, body)) {
            case Mine mine -> {
                context.put(TAKEN, mine);
                Handed.grant(context, mine.grant());
            }
            case Stored stored -> request.abortWith(again(stored));
        }
    }

    /// What is asked for in two projects is two requests, also where the path names neither.
    private static String target(RoutingContext context) {
        var path = Exchange.of(context).path();
        return Front.Found.of(context).route().lacksProject()
                ? path + " " + Handed.grant(context).scope().project() : path;
    }

    private static Response again(Stored stored) {
        var answer = Response.status(stored.status()).header(Idempotency.REPLAYED, "true");
        stored.headers().forEach(answer::header);
        if (stored.body() != null) {
            answer.entity(stored.body().getBytes(StandardCharsets.UTF_8));
        }
        return answer.build();
    }

    private static byte[] body(ContainerRequestContext request, RoutingContext context) {
        if (Front.Found.of(context).route().consumes().isEmpty()) {
            return new byte[0];
        }
        try {
            var bytes = request.getEntityStream().readAllBytes();
            request.setEntityStream(new ByteArrayInputStream(bytes));
            return bytes;
        } catch (IOException e) {
            throw new Problem.Malformed("body", "it ends too early").raise();
        }
    }

    void end(RoutingContext context, ContainerResponseContext response) {
        Mine mine = context.get(TAKEN);
        if (mine == null) {
            return;
        }
        context.remove(TAKEN);
        var headers = new TreeMap<String, String>();
        for (var name : KEPT) {
            var value = response.getHeaderString(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        var body = response.getEntity() instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.UTF_8) : null;
        try {
            idempotency.end(mine, new Stored(response.getStatus(), headers, body));
        } catch (RuntimeException e) {
            // The change has happened and its answer is true, whatever becomes of the copy.
            LOG.log(Level.WARNING, "an answer was not kept for its Idempotency-Key", e);
        }
    }
}
