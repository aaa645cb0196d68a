package orrery.server.infrastructure.machine;

import java.util.List;
import java.util.Optional;
import orrery.server.infrastructure.machine.Machine.Health;
import org.jspecify.annotations.Nullable;

/// What the host of a server at rest says about it.
///
/// @param reasons sentences; empty when it is healthy
record Verdict(Health health, List<String> reasons) {
    private static final Verdict HEALTHY = new Verdict(Health.HEALTHY, List.of());

    Verdict {
        reasons = List.copyOf(reasons);
    }

    /// Empty while Metal3 is still bringing it where it shall be.
    ///
    /// @param host `null` when there is none
    static Optional<Verdict> of(Machine machine, @Nullable Host host) {
        if (host == null || host.isLeaving()) {
            return failed("Its BareMetalHost was deleted in region " + machine.region()
                    + "; a retry makes it again"
                    + (machine.wanted().image() == null ? "." : " and installs its image anew."));
        }
        var changes = host.changes(machine, machine.wanted());
        if (!changes.isEmpty()) {
            return Optional.of(new Verdict(Health.DEGRADED, List.of(
                    "Its BareMetalHost was changed by somebody else ("
                            + String.join(", ", changes)
                            + "); the next change of the server puts it back.")));
        }
        if (host.isFailed()) {
            // What is installed still runs when its controller does not answer.
            return host.rests(machine.wanted())
                    ? Optional.of(new Verdict(Health.DEGRADED, List.of(host.text())))
                    : failed(host.text());
        }
        return host.isAs(machine.wanted()) ? Optional.of(HEALTHY) : Optional.empty();
    }

    private static Optional<Verdict> failed(String reason) {
        return Optional.of(new Verdict(Health.FAILED, List.of(reason)));
    }

    /// Whether it tells anything that our record of the server does not say.
    boolean isNews(Machine machine, @Nullable Host host) {
        return health != machine.health() || !reasons.equals(machine.failureReasons())
                || host != null && (!Boolean.valueOf(host.poweredOn()).equals(machine.poweredOn())
                        || host.hardware() != null
                                && !host.hardware().equals(machine.hardware()));
    }
}
