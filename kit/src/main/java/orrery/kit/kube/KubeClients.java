package orrery.kit.kube;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import orrery.kit.net.Outbound;
import org.jspecify.annotations.Nullable;

/// The connections to all clusters: one client each, made on demand and closed when idle.
public final class KubeClients implements AutoCloseable {
    private static final Set<String> HTTPS = Set.of("https");

    private final Outbound outbound;
    private final KubeLimits limits;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Cache<String, KubeClient> clients;
    /// They outlive connections: a new one to a cluster that is away would wait as long.
    private final Cache<String, Silence> silences;

    public KubeClients(Outbound outbound, KubeLimits limits) {
        this.outbound = outbound;
        this.limits = limits;
        this.silences = Caffeine.newBuilder()
                .maximumSize(limits.clients())
                .expireAfterAccess(limits.idle())
                .build();
        this.clients = Caffeine.newBuilder()
                .maximumSize(limits.clients())
                .expireAfterAccess(limits.idle())
                .executor(executor)
                .removalListener((@Nullable String _, @Nullable KubeClient client,
                        RemovalCause _) -> close(client))
                .build();
    }

    /// Reads of a cluster.
    public KubeView view(KubeTarget target) {
        return new KubeView(() -> client(target));
    }

    /// Writes to a cluster, in the name of whoever holds `fence`.
    public Kube writer(KubeTarget target, Fence fence) {
        return new Kube(() -> client(target), fence);
    }

    /// Closes the connection of a target that is no longer one.
    public void forget(String key) {
        clients.invalidate(key);
    }

    KubeClient client(KubeTarget target) {
        return clients.get(target.key(), _ -> {
            var to = outbound.judge(
                    "server", target.config().server(), HTTPS, target.named());
            return new KubeClient(target, to, limits, executor,
                    silences.get(target.key(), _ -> new Silence()), clients::invalidate);
        });
    }

    private static void close(@Nullable KubeClient client) {
        if (client != null) {
            client.drain();
        }
    }

    @Override
    public void close() {
        clients.asMap().values().forEach(KubeClient::close);
        executor.shutdownNow();
    }
}
