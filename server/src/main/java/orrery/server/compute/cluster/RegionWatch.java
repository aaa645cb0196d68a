package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import orrery.kit.kube.KubeEvent;
import orrery.kit.kube.KubeView;
import orrery.kit.kube.KubeWatch;
import org.jspecify.annotations.Nullable;

/// Follows the ClusterDeployments of one region by one watch, and keeps which clusters' changed:
/// their identifiers alone, since what an event says may be old when somebody looks.
final class RegionWatch implements AutoCloseable {
    /// More changes than this are not kept one by one: everything is compared then.
    private static final int MOST = 2_000;
    /// Everything is compared after this long, whatever the watch told: it is the safety net.
    private static final Duration SAFETY = Duration.ofMinutes(10);

    private final String target;
    private final Set<String> changed = new LinkedHashSet<>();
    private boolean missed = true;
    private Instant compared = Instant.MIN;
    private @Nullable KubeWatch watch;

    /// @param target the connection that it goes over: another one is followed by another
    RegionWatch(String target) {
        this.target = target;
    }

    boolean isOf(String other) {
        return target.equals(other);
    }

    /// Whether everything is to be compared. If so, what changes from now on is kept for later.
    synchronized boolean beginsAnew(Instant now) {
        if (!missed && compared.plus(SAFETY).isAfter(now)) {
            return false;
        }
        missed = false;
        changed.clear();
        return true;
    }

    /// Everything was compared as it was at a version.
    synchronized void compared(KubeView view, String version, Instant now) {
        compared = now;
        if (watch == null) {
            watch = view.watch(ClusterDeployments.CLUSTER_DEPLOYMENT, null,
                    ClusterDeployments.CLUSTER, version, this::told);
        }
    }

    /// The comparison was cut off: it is to be made again.
    synchronized void failed() {
        missed = true;
    }

    /// Whose deployments changed since somebody took them.
    synchronized List<String> take() {
        var taken = List.copyOf(changed);
        changed.clear();
        return taken;
    }

    /// These could not be looked at yet.
    synchronized void keep(Collection<String> clusters) {
        clusters.forEach(this::note);
    }

    private synchronized void told(KubeEvent event) {
        switch (event) {
            // The management cluster has forgotten what happened meanwhile.
            case KubeEvent.Listing _ -> missed = true;
            case KubeEvent.Put put -> note(label(put.object()));
            case KubeEvent.Gone gone -> note(label(gone.object()));
            case KubeEvent.Listed _ -> { }
            // Each round finds out by itself whether it answers.
            case KubeEvent.Away _ -> { }
        }
    }

    private void note(String cluster) {
        if (missed) {
            return;
        }
        changed.add(cluster);
        if (changed.size() > MOST) {
            missed = true;
        }
    }

    /// The cluster that a deployment stands for.
    static String label(JsonNode deployment) {
        return deployment.path("metadata").path("labels")
                .path(ClusterDeployments.CLUSTER).asText();
    }

    @Override
    public synchronized void close() {
        if (watch != null) {
            watch.close();
        }
    }
}
