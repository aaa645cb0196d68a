package orrery.kit.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import orrery.kit.Problem;
import orrery.kit.access.Call;

/// How often a caller may ask: a token bucket for each credential, and one for each address of
/// those who are not signed in. The answer's `RateLimit-…` headers say how much is left.
public final class RateLimits {
    /// More callers than this at a time share nothing but their memory's end.
    private static final int MOST = 100_000;
    private static final int BURST_SECONDS = 2;

    private final int perCredential;
    private final int perAddress;
    private final Cache<String, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MOST).expireAfterAccess(Duration.ofMinutes(1)).build();

    /// @param perCredential requests a second, lastingly; twice as many at once
    /// @param perAddress the same for an address without a credential
    public RateLimits(int perCredential, int perAddress) {
        this.perCredential = perCredential;
        this.perAddress = perAddress;
    }

    /// Counts one request of a caller.
    ///
    /// @throws Problem.Failure [Problem.RateLimited]
    void count(Call call, HttpServerResponse response) {
        if (call.principal().isAnonymous()) {
            count("address " + call.address(), perAddress, response);
        } else {
            var principal = call.principal();
            var credential = principal.credential() == null
                    ? principal.id() : principal.credential();
            count("credential " + credential, perCredential, response);
        }
    }

    private void count(String caller, int rate, HttpServerResponse response) {
        var bucket = buckets.get(caller, _ -> bucket(rate));
        var probe = bucket.tryConsumeAndReturnRemaining(1);
        var full = TimeUnit.NANOSECONDS.toSeconds(probe.getNanosToWaitForReset());
        response.putHeader("RateLimit-Limit", Integer.toString(rate * BURST_SECONDS));
        response.putHeader("RateLimit-Remaining", Long.toString(probe.getRemainingTokens()));
        response.putHeader("RateLimit-Reset", Long.toString(full));
        if (!probe.isConsumed()) {
            throw new Problem.RateLimited(
                    Duration.ofNanos(probe.getNanosToWaitForRefill())).raise();
        }
    }

    private static Bucket bucket(int rate) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity((long) rate * BURST_SECONDS)
                        .refillGreedy(rate, Duration.ofSeconds(1)))
                .build();
    }
}
