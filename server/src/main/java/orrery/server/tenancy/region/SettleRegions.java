package orrery.server.tenancy.region;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.durable.Loop;
import orrery.kit.durable.LoopRound;
import orrery.kit.kube.Kube;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.KubeView;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Notes which regions answer, and brings what we say of the things in them and what their
/// management clusters say together: an object that is gone, that failed, that somebody changed;
/// and one that is still there while what it stood for is over, which is deleted.
///
/// A watch on each kind tells whose objects to look at, and begins a round. All are compared only
/// at the start, when the watch missed something, and now and then for safety.
public final class SettleRegions implements Loop, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SettleRegions.class);
    private static final int PAGE = 200;

    private final Regions regions;
    private final KubeClients clients;
    private final Collection<? extends Settles> kinds;
    private final Clock clock;
    private final Map<Followed, KindWatch> watches = new ConcurrentHashMap<>();

    private record Followed(String region, Settles what) {}

    public SettleRegions(Regions regions, KubeClients clients,
            Collection<? extends Settles> kinds, Clock clock) {
        this.regions = regions;
        this.clients = clients;
        this.kinds = List.copyOf(kinds);
        this.clock = clock;
    }

    @Override
    public String name() {
        return "settle regions";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(10);
    }

    /// Regions are settled beside each other: one that answers slowly holds up no other.
    @Override
    public void round(LoopRound round) {
        var followed = new HashSet<String>();
        try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var region : regions.list(round.grant())) {
                if (region.state() != Region.State.DISABLED) {
                    followed.add(region.code());
                    each.execute(() -> settle(round, region.code()));
                }
            }
        }
        forgetAllBut(followed);
    }

    private void settle(LoopRound round, String region) {
        try {
            var target = regions.target(round.grant(), region);
            var kube = clients.writer(target, round.fence());
            kube.view().version();
            regions.mark(round.grant(), region, null);
            for (var what : kinds) {
                settle(round, region, what, kube, watch(region, what, target.key()));
            }
        } catch (KubeFailure | Problem.Failure failure) {
            regions.mark(round.grant(), region, failure.getMessage());
        } catch (RuntimeException e) {
            LOG.errorf(e, "region %s is not settled", region);
        }
    }

    private void settle(LoopRound round, String region, Settles what, Kube kube,
            KindWatch watch) {
        try {
            if (watch.beginsAnew(clock.instant(), round.hurry())) {
                compareAll(round.grant(), region, what, kube, watch);
            } else {
                lookAgain(round.grant(), what, watch);
            }
        } catch (KubeFailure failure) {
            if (failure.isAway()) {
                throw failure;
            }
            LOG.warnf("%s of region %s: %s", what.kind().plural(), region, failure.getMessage());
        } catch (Problem.Failure refused) {
            LOG.warnf("%s of region %s: %s", what.kind().plural(), region, refused.getMessage());
        }
    }

    private KindWatch watch(String region, Settles what, String target) {
        return watches.compute(new Followed(region, what), (followed, old) -> {
            if (old != null && old.isOf(target)) {
                return old;
            }
            if (old != null) {
                old.close();
            }
            return new KindWatch(target, what);
        });
    }

    /// Compares all that the region has with all that we have, a page at a time.
    private void compareAll(Grant grant, String region, Settles what, Kube kube,
            KindWatch watch) {
        var orphans = new Orphans(what, grant, region, clock.instant());
        boolean done = false;
        try {
            // Ours are read first: one that is made meanwhile is in neither list or in theirs only.
            var ours = new LinkedHashSet<>(what.alive(grant, region));
            var again = new LinkedHashSet<String>();
            var page = new HashMap<String, ObjectNode>();
            var version = each(kube.view(), what, object -> {
                var id = what.id(object);
                if (ours.remove(id)) {
                    page.put(id, object);
                } else {
                    orphans.see(object);
                }
                if (page.size() == PAGE) {
                    compare(grant, what, page, again);
                }
            });
            compare(grant, what, page, again);
            for (var gone : ours) {
                look(grant, what, gone, again);
            }
            watch.keep(again);
            watch.compared(kube.view(), version, clock.instant());
            done = true;
        } finally {
            if (!done) {
                watch.failed();
            }
        }
        for (var orphan : orphans.found()) {
            remove(grant, region, what, kube, orphan);
        }
    }

    private void remove(
            Grant grant, String region, Settles what, Kube kube, ObjectNode orphan) {
        var kind = what.kind();
        var id = what.id(orphan);
        var name = orphan.at("/metadata/name").asText();
        try {
            if (kube.deleteAsSeen(kind, orphan)) {
                LOG.infof("region %s still had %s %s of %s: deleted",
                        region, kind.kind(), name, id);
                regions.cleared(grant, region, Map.of("kind", kind.kind(), "name", name, "id", id,
                        "namespace", orphan.at("/metadata/namespace").asText()));
            }
        } catch (KubeFailure refused) {
            LOG.warnf("%s %s of region %s is left of %s: %s", kind.kind(), name, region, id,
                    refused.getMessage());
        }
    }

    /// @return the list's version; `null` where the region does not know the kind
    private static @Nullable String each(KubeView view, Settles what,
            Consumer<ObjectNode> each) {
        try {
            return view.each(what.kind(), null, what.label(), each);
        } catch (KubeFailure failure) {
            if (failure.status() == 404) {
                return null;
            }
            throw failure;
        }
    }

    private static void compare(Grant grant, Settles what, Map<String, ObjectNode> page,
            Set<String> again) {
        if (!page.isEmpty()) {
            for (var id : what.news(grant, Map.copyOf(page))) {
                look(grant, what, id, again);
            }
            page.clear();
        }
    }

    /// One that is refused is looked at again, and holds up no other.
    private static void look(Grant grant, Settles what, String id, Set<String> again) {
        boolean over = false;
        try {
            over = what.look(grant, id);
        } catch (Problem.Failure refused) {
            LOG.warnf("%s %s: %s", what.kind().plural(), id, refused.getMessage());
        }
        if (!over) {
            again.add(id);
        }
    }

    /// Looks at those whose objects changed. One that a run is changing waits for its end.
    private static void lookAgain(Grant grant, Settles what, KindWatch watch) {
        var left = new LinkedHashSet<>(watch.take());
        var again = new LinkedHashSet<String>();
        try {
            for (var id : List.copyOf(left)) {
                look(grant, what, id, again);
                left.remove(id);
            }
        } finally {
            left.addAll(again);
            watch.keep(left);
        }
    }

    private void forgetAllBut(Set<String> followed) {
        watches.entrySet().removeIf(one -> {
            boolean over = !followed.contains(one.getKey().region());
            if (over) {
                one.getValue().close();
            }
            return over;
        });
    }

    @Override
    public void close() {
        watches.values().forEach(KindWatch::close);
    }
}
