package orrery.sim.fault;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import orrery.sim.operator.Timing;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// How long the phases of one operator's objects take, and what goes wrong in them.
///
/// An operator whose objects go through phases asks here, in each, whether it is over.
public final class Phases {
    /// What has become of a phase.
    public sealed interface Turn {}

    public record Over() implements Turn {}

    /// @param left when to ask again; empty when only a change can end it
    public record Going(Optional<Duration> left) implements Turn {}

    public record Failed(String message) implements Turn {}

    /// Whether a flapping object works at present, and for how long that stays so.
    public record Swing(boolean up, Duration left) {}

    private record Begun(Cluster cluster, String phase, Instant at) {}

    private final String area;
    private final Timing timing;
    private final Clock clock;

    /// By uid. Only waiting is kept in memory: after a restart a phase begins again.
    private final Map<String, Begun> begun = new ConcurrentHashMap<>();

    /// @param area the first word of its phases' names in the timing: `metal3`
    public Phases(String area, Timing timing, Clock clock) {
        this.area = area;
        this.timing = timing;
        this.clock = clock;
    }

    /// A phase begins when it is asked for first, also when the spec changed meanwhile.
    public Turn turn(Cluster cluster, Item item, String phase) {
        var generation = item.tree().path("metadata").path("generation").asLong();
        var name = phase + "/" + generation;
        var now = clock.instant();
        var start = begun.compute(item.uid(), (uid, old) ->
                old != null && old.phase().equals(name) ? old : new Begun(cluster, name, now));
        var faults = Faults.of(item);
        if (faults.hangs(phase)) {
            return new Going(Optional.empty());
        }
        var whole = timing.of(area, phase);
        var end = start.at().plusMillis((long) (whole.toMillis() * faults.slowness(phase)));
        if (end.isAfter(now)) {
            return new Going(Optional.of(Duration.between(now, end).plusMillis(1)));
        }
        var failure = faults.failure(phase);
        if (failure.isPresent()) {
            return new Failed(failure.get());
        }
        begun.remove(item.uid());
        return new Over();
    }

    /// Empty for an object that does not flap.
    public Optional<Swing> swing(Item item) {
        return Faults.of(item).flap().map(flap -> {
            long every = flap.every().toMillis();
            long now = clock.instant().toEpochMilli();
            return new Swing(now / every % 2 == 0, Duration.ofMillis(every - now % every + 1));
        });
    }

    /// Forgets objects that are gone.
    public void noticed(Change change) {
        if (change.removed()) {
            begun.remove(change.item().uid());
        }
    }

    /// Forgets a cluster that is gone.
    public void closed(Cluster cluster) {
        begun.values().removeIf(one -> one.cluster() == cluster);
    }
}
