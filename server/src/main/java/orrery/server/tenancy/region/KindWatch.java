package orrery.server.tenancy.region;

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

/// Follows the objects of one kind in one region by one watch, and keeps whose changed: our
/// identifiers alone, since what an event says may be old when somebody looks.
final class KindWatch implements AutoCloseable {
    /// More changes than this are not kept one by one: everything is compared then.
    private static final int MOST = 2_000;
    /// Everything is compared after this long, whatever the watch told: it is the safety net.
    private static final Duration SAFETY = Duration.ofMinutes(10);
    /// As above, for a region that does not know the kind, or not yet.
    private static final Duration UNWATCHED = Duration.ofMinutes(1);

    private final String target;
    private final Settles what;
    private final Set<String> changed = new LinkedHashSet<>();
    private boolean missed = true;
    private Instant compared = Instant.MIN;
    private @Nullable KubeWatch watch;
    private Runnable hurry = () -> { };

    /// @param target the connection that it goes over: another one is followed by another
    KindWatch(String target, Settles what) {
        this.target = target;
        this.what = what;
    }

    boolean isOf(String other) {
        return target.equals(other);
    }

    /// Whether everything is to be compared. If so, what changes from now on is kept for later.
    ///
    /// @param hurry to be told when there is work, once until it is taken
    synchronized boolean beginsAnew(Instant now, Runnable hurry) {
        this.hurry = hurry;
        var safety = watch == null ? UNWATCHED : SAFETY;
        if (!missed && compared.plus(safety).isAfter(now)) {
            return false;
        }
        missed = false;
        changed.clear();
        return true;
    }

    /// Everything was compared as it was at a version.
    ///
    /// @param version `null` where the region does not know the kind
    synchronized void compared(KubeView view, @Nullable String version, Instant now) {
        compared = now;
        if (watch == null && version != null) {
            watch = view.watch(what.kind(), null, what.label(), version, this::told);
        }
    }

    /// The comparison was cut off: it is to be made again.
    synchronized void failed() {
        missed = true;
    }

    /// Whose objects changed since somebody took them.
    synchronized List<String> take() {
        var taken = List.copyOf(changed);
        changed.clear();
        return taken;
    }

    /// These could not be looked at yet.
    synchronized void keep(Collection<String> ids) {
        ids.forEach(this::note);
    }

    private synchronized void told(KubeEvent event) {
        boolean idle = changed.isEmpty() && !missed;
        switch (event) {
            // The management cluster has forgotten what happened meanwhile.
            case KubeEvent.Listing _ -> missed = true;
            case KubeEvent.Put put -> note(what.id(put.object()));
            case KubeEvent.Gone gone -> note(what.id(gone.object()));
            case KubeEvent.Listed _ -> { }
            // Each round finds out by itself whether it answers.
            case KubeEvent.Away _ -> { }
        }
        if (idle && (missed || !changed.isEmpty())) {
            hurry.run();
        }
    }

    private void note(String id) {
        if (missed) {
            return;
        }
        changed.add(id);
        if (changed.size() > MOST) {
            missed = true;
        }
    }

    @Override
    public synchronized void close() {
        if (watch != null) {
            watch.close();
        }
    }
}
