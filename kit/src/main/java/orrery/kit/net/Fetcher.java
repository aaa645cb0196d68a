package orrery.kit.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// Fetches a document from a URL that a user named, through [Outbound].
public final class Fetcher {
    private static final int REDIRECTS = 5;
    private static final Set<String> SCHEMES = Set.of("https", "http");

    static {
        // Connecting to the judged address needs a Host header of our own, which the JDK's client
        // allows only when told so before its first use.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    }

    private final Outbound outbound;

    public Fetcher(Outbound outbound) {
        this.outbound = outbound;
    }

    /// How much of somebody else's answer is read, and how long it is waited for.
    public record Limits(int bytes, Duration time) {}

    /// An answer.
    ///
    /// @param status HTTP status, after redirects
    /// @param contentType as sent; empty when there was none
    public record Fetched(int status, String contentType, byte[] body) {}

    /// A request.
    ///
    /// @param form what is posted, form-encoded; `null` to get
    public record Request(URI uri, Map<String, String> headers, @Nullable String form) {
        public Request {
            headers = Map.copyOf(headers);
        }

        public static Request get(URI uri, Map<String, String> headers) {
            return new Request(uri, headers, null);
        }

        HttpRequest.Builder to(URI pinned) {
            var builder = HttpRequest.newBuilder(pinned);
            headers.forEach(builder::header);
            return form == null ? builder
                    : builder.header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(form));
        }

        @Override
        public String toString() {
            return (form == null ? "GET " : "POST ") + uri;
        }
    }

    /// Gets `uri`. Redirects are followed on the same host and port only, five at most.
    ///
    /// @param field names the URL in a refusal
    /// @throws Problem.Failure [Problem.Unprocessable] when the URL is refused or the answer is too
    ///     large, [Problem.Unavailable] when the host does not answer in time
    public Fetched get(String field, URI uri, Limits limits) {
        return get(field, uri, limits, Set.of());
    }

    /// Asks `asked`, once: an answer that redirects is an answer. For requests that carry secrets.
    ///
    /// @param named hosts that the operator named, which may speak plain HTTP and lie anywhere;
    ///     all others must be https
    /// @throws Problem.Failure as [#get]
    public Fetched ask(String field, Request asked, Limits limits, Set<String> named) {
        var host = asked.uri().getHost();
        var schemes = host != null && named.contains(host) ? SCHEMES : Set.of("https");
        return request(field, outbound.judge(field, asked.uri(), schemes, named), asked, limits)
                .fetched;
    }

    Fetched get(String field, URI uri, Limits limits, Set<String> named) {
        var current = uri;
        for (int hop = 0; hop <= REDIRECTS; hop++) {
            var destination = outbound.judge(field, current, SCHEMES, named);
            var answer = request(field, destination, Request.get(current, Map.of()), limits);
            if (answer.next == null) {
                return answer.fetched;
            }
            current = sameOrigin(field, current, answer.next);
        }
        throw refused(field, "leads through more than " + REDIRECTS + " redirects");
    }

    private record Hop(Fetched fetched, @Nullable URI next) {}

    private static Hop request(
            String field, Destination to, Request asked, Limits limits) {
        var builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(ProxySelector.of(null))
                .sslParameters(to.tls(to.uri().getHost()))
                .connectTimeout(limits.time());
        var request = asked.to(to.pinned())
                .header("Host", to.authority())
                .timeout(limits.time())
                .build();
        var client = builder.build();
        try {
            var pending = client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
            var response = pending.orTimeout(limits.time().toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            var location = response.headers().firstValue("Location").orElse("");
            if (response.statusCode() / 100 == 3 && !location.isEmpty()) {
                return new Hop(new Fetched(response.statusCode(), "", new byte[0]),
                        URI.create(location));
            }
            var type = response.headers().firstValue("Content-Type").orElse("");
            return new Hop(
                    new Fetched(response.statusCode(), type, read(field, response, limits)), null);
        } catch (CompletionException | IOException away) {
            throw new Problem.Unavailable(to.uri().getHost(), limits.time()).raise();
        } catch (IllegalArgumentException badLocation) {
            throw refused(field, "answers with a redirect that is no URL");
        } finally {
            client.shutdownNow();
        }
    }

    private static byte[] read(String field, HttpResponse<InputStream> response, Limits limits)
            throws IOException {
        try (var body = response.body()) {
            // The request's timeout ends with the headers; a slow body is cut off by closing it.
            var watchdog = Thread.ofVirtual().unstarted(() -> {
                try {
                    Thread.sleep(limits.time());
                    body.close();
                } catch (InterruptedException | IOException done) {
                    // The body was read in time.
                }
            });
            watchdog.start();
            try {
                var bytes = body.readNBytes(limits.bytes() + 1);
                if (bytes.length > limits.bytes()) {
                    throw refused(field, "answers with more than " + limits.bytes() + " bytes");
                }
                return bytes;
            } finally {
                watchdog.interrupt();
            }
        }
    }

    private static URI sameOrigin(String field, URI from, URI to) {
        var next = from.resolve(to);
        boolean same = from.getScheme().equals(next.getScheme())
                && from.getHost().equalsIgnoreCase(next.getHost())
                && from.getPort() == next.getPort();
        if (!same) {
            throw refused(field, "redirects to another host, " + next.getHost());
        }
        return next;
    }

    private static Problem.Failure refused(String field, String message) {
        return new Problem.Unprocessable(List.of(new Problem.Mistake(field, message)))
                .raise();
    }
}
