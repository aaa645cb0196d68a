package orrery.server.tenancy.region;

import java.time.Instant;
import java.util.List;
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

    /// @see Region
    public enum State {
        /// Its management cluster answers.
        ACTIVE,
        /// Its management cluster does not answer: reads go on, changes wait.
        DEGRADED,
        /// An operator closed it.
        DISABLED
    }

    public Region {
        zones = List.copyOf(zones);
        features = List.copyOf(features);
    }
}
