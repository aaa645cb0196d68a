package orrery.server.iam.provider;

import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsClientOptions;
import io.vertx.core.dns.DnsException;
import io.vertx.core.dns.DnsResponseCode;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import orrery.kit.Problem;

/// Reads TXT records (RFC 1035 3.3.14), by which whoever runs a domain says something about it.
@Singleton
final class DomainRecords {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int PORT = 53;

    private final DnsClient client;

    DomainRecords(Vertx vertx, Reaching reaching) {
        var options = new DnsClientOptions().setQueryTimeout(PATIENCE.toMillis());
        var server = reaching.nameServer();
        if (server != null) {
            var colon = server.startsWith("[") ? server.indexOf("]:") + 1 : server.indexOf(':');
            options.setHost(colon > 0 ? server.substring(0, colon) : server)
                    .setPort(colon > 0 ? Integer.parseInt(server.substring(colon + 1)) : PORT);
        }
        this.client = vertx.createDnsClient(options);
    }

    /// The texts of a name; none when there is no such name.
    ///
    /// @throws Problem.Failure [Problem.Unavailable] when no name server answers
    List<String> of(String name) {
        try {
            // Twice the client's own limit: it answers by then, whatever happens.
            return client.resolveTXT(name).toCompletionStage().toCompletableFuture()
                    .get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DnsException said
                    && said.code() == DnsResponseCode.NXDOMAIN) {
                return List.of();
            }
            throw away(name);
        } catch (TimeoutException e) {
            throw away(name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw away(name);
        }
    }

    private static Problem.Failure away(String name) {
        return new Problem.Unavailable("name service for " + name, PATIENCE).raise();
    }
}
