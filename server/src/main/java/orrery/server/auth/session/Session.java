package orrery.server.auth.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;

/// One signed-in person at one client. It ends at its time, or at once when somebody ends it.
///
/// @param home the organization and project that it is in
/// @param tokenId the access token that may be exchanged for a new one; `null` for browsers, which
///     carry a cookie instead
public record Session(
        String id,
        String userId,
        Scope home,
        @Nullable String tokenId,
        Instant createdAt,
        Instant expiresAt) {}
