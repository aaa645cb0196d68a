package orrery.server.iam.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import orrery.kit.Problem;
import orrery.kit.http.Json;
import orrery.kit.net.Fetcher;
import orrery.kit.net.Outbound;
import org.jspecify.annotations.Nullable;

/// Talks HTTP to other providers: within limits of time, size and number, to public addresses only,
/// and without following anybody elsewhere.
public final class Upstream {
    private static final Fetcher.Limits LIMITS =
            new Fetcher.Limits(256 << 10, Duration.ofSeconds(10));
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /// A provider that hangs keeps few of us waiting.
    private static final int AT_ONCE = 64;
    private static final int AT_ONCE_PER_HOST = 8;
    private static final int REMEMBERED = 1_000;

    private final Fetcher fetcher;
    private final Fetcher.Limits limits;
    private final Set<String> namedHosts;
    private final Semaphore all = new Semaphore(AT_ONCE);
    private final LoadingCache<String, Semaphore> hosts = Caffeine.newBuilder()
            .maximumSize(REMEMBERED).build(_ -> new Semaphore(AT_ONCE_PER_HOST));

    public Upstream(Reaching reaching) {
        this(reaching, LIMITS);
    }

    Upstream(Reaching reaching, Fetcher.Limits limits) {
        this.limits = limits;
        // Whoever names a provider is no operator: private networks are not theirs to look into.
        this.fetcher = new Fetcher(new Outbound(new Outbound.Rules(false, Set.of())));
        this.namedHosts = reaching.namedHosts();
    }

    /// What a provider answered.
    ///
    /// @param json an empty object when it was none
    public record Heard(int status, JsonNode json) {
        public boolean isGood() {
            return status / 100 == 2;
        }

        /// A text, or a number as text; `null` when it is not there.
        public @Nullable String text(String field) {
            var value = json.path(field);
            return value.isTextual() || value.isIntegralNumber() ? value.asText() : null;
        }
    }

    /// Gets JSON.
    ///
    /// @param bearer token to show; `null` for none
    /// @throws Problem.Failure [Problem.Unprocessable] for an address that we do not connect to or
    ///     an answer that is too large, [Problem.Unavailable] for none in time
    public Heard get(String field, URI uri, @Nullable String bearer) {
        var headers = new HashMap<>(Map.of("Accept", "application/json"));
        if (bearer != null) {
            headers.put("Authorization", "Bearer " + bearer);
            headers.put("User-Agent", "Orrery");
        }
        return ask(field, Fetcher.Request.get(uri, headers));
    }

    /// Posts a form, and hears JSON.
    ///
    /// @throws Problem.Failure as [#get]
    public Heard post(
            String field, URI uri, Map<String, String> headers, Map<String, String> form) {
        var all = new HashMap<>(headers);
        all.put("Accept", "application/json");
        return ask(field, new Fetcher.Request(uri, all, encoded(form)));
    }

    private Heard ask(String field, Fetcher.Request asked) {
        var host = hosts.get(String.valueOf(asked.uri().getHost()));
        if (!all.tryAcquire()) {
            throw busy(asked);
        }
        try {
            if (!host.tryAcquire()) {
                throw busy(asked);
            }
            try {
                var heard = fetcher.ask(field, asked, limits, namedHosts);
                return new Heard(heard.status(), json(heard.body()));
            } finally {
                host.release();
            }
        } finally {
            all.release();
        }
    }

    private static JsonNode json(byte[] body) {
        try {
            var tree = body.length == 0 ? null : Json.shared().readTree(body);
            return tree == null ? Json.shared().createObjectNode() : tree;
        } catch (JsonProcessingException e) {
            return Json.shared().createObjectNode();
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory do not read", e);
        }
    }

    /// Form-encoded, as a body or a query.
    public static String encoded(Map<String, String> form) {
        return form.entrySet().stream()
                .map(one -> encoded(one.getKey()) + "=" + encoded(one.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Problem.Failure busy(Fetcher.Request asked) {
        return new Problem.Unavailable(asked.uri().getHost(), PAUSE).raise();
    }
}
