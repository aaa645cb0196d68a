package orrery.kit.http;

import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// One request and its answer to be, as the [Front] saw it before anything could fail.
///
/// @param requestId `req_{region}-{unix millis}-{12 lower hex}`, always ours
/// @param deadline after it nobody waits for the answer any more
/// @param address of the client, behind trusted proxies the one that they saw
/// @param warnings what the caller should know beside the answer
public record Exchange(
        Surface surface,
        String requestId,
        Instant received,
        Instant deadline,
        String method,
        String path,
        String address,
        List<Warning> warnings) {
    private static final String KEY = "orrery.exchange";

    /// @param code `DEPRECATED_FIELD` or `DEPRECATED_ENDPOINT`
    /// @param sunset ISO date after which it is gone
    public record Warning(String code, String message, @Nullable String sunset) {}

    public Exchange {
        warnings = List.copyOf(warnings);
    }

    /// The exchange of a request that the front has let in.
    public static Exchange of(RoutingContext context) {
        Exchange exchange = context.get(KEY);
        if (exchange == null) {
            throw new IllegalStateException("a request came in past the front");
        }
        return exchange;
    }

    static boolean knows(RoutingContext context) {
        return context.get(KEY) != null;
    }

    Exchange warned(Warning warning) {
        return new Exchange(surface, requestId, received, deadline, method, path, address,
                Stream.concat(warnings.stream(), Stream.of(warning)).toList());
    }

    void attach(RoutingContext context) {
        context.put(KEY, this);
    }

    Reply failure(Problem problem) {
        return surface.failure(this, problem);
    }
}
