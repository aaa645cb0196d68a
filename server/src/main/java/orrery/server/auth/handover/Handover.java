package orrery.server.auth.handover;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A command line that waits for a token.
///
/// @param address who asked first
/// @param sessionId the session in which its person allowed it; `null` before
/// @param tokenEnds when the token shall end, as the person was told; `null` before
public record Handover(
        String address,
        State state,
        @Nullable String sessionId,
        @Nullable Instant tokenEnds,
        Instant createdAt,
        Instant expiresAt) {
    public enum State { WAITING, ALLOWED, DENIED, USED }
}
