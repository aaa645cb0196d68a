package orrery.server.workspace.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One terminal that somebody had open.
///
/// @param id `ws-` and eight characters, as the family's clients show it
/// @param username whose it was
/// @param workspace name of the workspace; it may be gone by now
/// @param client what the terminal was: `web`
/// @param address where the person was
/// @param bytesIn what the person sent
/// @param bytesOut what the person was sent
/// @param endedAt `null` as long as it is open
public record ShellSession(
        String id,
        String username,
        String workspace,
        String blueprint,
        String client,
        @Nullable String address,
        long bytesIn,
        long bytesOut,
        Instant startedAt,
        Instant updatedAt,
        @Nullable Instant endedAt) {}
