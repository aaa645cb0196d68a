package orrery.kit.http;

import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// Which hosts this server answers for: loopback and the configured public address. A page of a
/// stranger that rebinds its name to our address is refused by the Host it names, and one that
/// posts with the browser's cookie by its Origin.
public final class Hosts {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    /// Where the pods of a simulated region come from: the region binds its end of their
    /// connections to one of these addresses, a cluster's own, which nothing in a pod can choose.
    /// They are neither somebody at this machine nor a proxy.
    private static final String PODS = "127.64.";

    private final @Nullable URI publicUrl;
    private final Set<String> trustedProxies;

    /// @param publicUrl where users reach this server; `null` when only on loopback
    /// @param trustedProxies addresses whose `X-Forwarded-For` counts
    public Hosts(@Nullable URI publicUrl, List<String> trustedProxies) {
        this.publicUrl = publicUrl;
        this.trustedProxies = Set.copyOf(trustedProxies);
    }

    /// The client's address: behind trusted proxies, the last one that they did not add themselves.
    String client(HttpServerRequest request) {
        var remote = request.remoteAddress();
        var address = remote == null ? null : remote.hostAddress();
        if (address == null) {
            return "unknown";
        }
        var hops = new ArrayList<String>();
        request.headers().getAll("X-Forwarded-For").forEach(header ->
                Arrays.stream(header.split(",")).map(String::strip).forEach(hops::add));
        while (trustedProxies.contains(address) && !hops.isEmpty()) {
            address = hops.removeLast();
        }
        return address;
    }

    /// Whether a client is a pod of a simulated region.
    static boolean isPod(String client) {
        return client.startsWith(PODS);
    }

    /// @throws Problem.Failure [Problem.Misdirected]
    void check(HttpServerRequest request) {
        var authority = request.authority();
        if (authority == null) {
            throw new Problem.Malformed("Host header", "it is missing or no host").raise();
        }
        if (!isOurs(authority.host())) {
            throw new Problem.Misdirected(authority.host()).raise();
        }
    }

    /// @throws Problem.Failure [Problem.Refused]
    void checkOrigin(HttpServerRequest request) {
        var authority = request.authority();
        var origin = request.getHeader("Origin");
        if (authority != null && origin != null && usesCookie(request)
                && !isOurOrigin(origin, authority.toString())) {
            throw new Problem.Refused("request from " + origin,
                    "a page of another origin may not act with this browser's session").raise();
        }
    }

    private static boolean usesCookie(HttpServerRequest request) {
        var changes = !SAFE.contains(request.method().name())
                || request.headers().contains("Upgrade");
        return changes && request.headers().contains("Cookie")
                && !request.headers().contains("Authorization");
    }

    private boolean isOurs(String host) {
        var name = host.toLowerCase(Locale.ROOT);
        return LOOPBACK.contains(name)
                || publicUrl != null && name.equalsIgnoreCase(publicUrl.getHost());
    }

    private boolean isOurOrigin(String origin, String authority) {
        return origin.equalsIgnoreCase("http://" + authority)
                || origin.equalsIgnoreCase("https://" + authority)
                || publicUrl != null && origin.equalsIgnoreCase(
                        publicUrl.getScheme() + "://" + publicUrl.getAuthority());
    }
}
