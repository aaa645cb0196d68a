package orrery.server.tenancy.region;

import java.time.Instant;
import java.util.List;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.Slug;
import orrery.kit.db.Jsonb;
import org.jspecify.annotations.Nullable;

/// A connection to a management cluster.
///
/// @param code how paths call it: `eu1`
/// @param stateReason why it is in this state, where that is not plain
/// @param features what is special about it: `simulated`
/// @param host of the management cluster's API server
/// @param connection grows with every new kubeconfig
public record Region(
        String code,
        String displayName,
        State state,
        @Nullable String stateReason,
        @Jsonb List<String> zones,
        @Jsonb List<String> features,
        String host,
        long connection,
        long version,
        Instant createdAt,
        Instant updatedAt) {
    private static final int MOST_ZONES = 32;

    /// @see Region
    public enum State {
        /// Its management cluster answers.
        ACTIVE,
        /// Its management cluster does not answer: reads go on, changes wait.
        DEGRADED,
        /// An operator works on it: what is there goes on, nothing new is made.
        MAINTENANCE,
        /// An operator closed it: nothing new is made, and what is there is not looked at.
        DISABLED;

        /// Whether something new may be made there.
        public boolean isOpen() {
            return switch (this) {
                case ACTIVE, DEGRADED -> true;
                case MAINTENANCE, DISABLED -> false;
            };
        }
    }

    /// How operators open and close it. Whether an open one answers is found out.
    public enum Opening { ACTIVE, MAINTENANCE, DISABLED }

    /// Notes what is wrong with what somebody says of one.
    static Mistakes check(Mistakes mistakes, @Nullable String displayName,
            @Nullable List<String> zones) {
        Naming.check(mistakes, null, displayName, null)
                .check("zones", zones, it -> !it.isEmpty() && it.size() <= MOST_ZONES
                                && it.stream().distinct().count() == it.size(),
                        "must be 1 to " + MOST_ZONES + ", no two alike");
        for (int i = 0; zones != null && i < zones.size(); i++) {
            Slug.check(mistakes, "zones[" + i + "]", zones.get(i));
        }
        return mistakes;
    }

    public Region {
        zones = List.copyOf(zones);
        features = List.copyOf(features);
    }
}
