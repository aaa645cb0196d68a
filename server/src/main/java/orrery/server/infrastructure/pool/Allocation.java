package orrery.server.infrastructure.pool;

import java.time.Instant;
import java.util.List;
import orrery.kit.db.Jsonb;
import org.jspecify.annotations.Nullable;

/// Servers of a pool that a project has.
///
/// @param servers identifiers, as they were handed over
/// @param expiresAt when it is released by itself; `null` for never
/// @param runId the run that releases it; `null` before
public record Allocation(
        String id,
        String poolId,
        String organizationId,
        String projectId,
        State state,
        @Nullable String stateReason,
        @Jsonb List<String> servers,
        @Nullable Instant expiresAt,
        @Nullable String runId,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant releasedAt) {

    public Allocation {
        servers = List.copyOf(servers);
    }

    /// Where it is in its life. In `FAILED` its servers are still the project's.
    public enum State { ACTIVE, RELEASING, RELEASED, FAILED }
}
