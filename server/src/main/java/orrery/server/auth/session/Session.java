package orrery.server.auth.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;

/// One signed-in person at one client. It ends at its time, or at once when somebody ends it.
///
/// @param home the organization and project that it is in
/// @param tokenId the access token that may be exchanged for a new one; `null` for browsers, which
///     carry a cookie instead
/// @param clientId the OAuth client that it belongs to; `null` where the person is signed in itself
/// @param parentId the session that it ends with; `null` when it stands alone
/// @param actorId the operator who acts as this person; `null` as a rule
/// @param authenticatedAt when the person last proved who they are
/// @param address where it was opened from
public record Session(
        String id,
        String userId,
        Scope home,
        @Nullable String tokenId,
        @Nullable String clientId,
        @Nullable String parentId,
        @Nullable String actorId,
        Instant authenticatedAt,
        Instant lastSeenAt,
        @Nullable String address,
        @Nullable String userAgent,
        Instant createdAt,
        Instant expiresAt) {

    /// A person's own session.
    ///
    /// @param at when it is opened
    static Session own(
            String id, String userId, Scope home, @Nullable String tokenId, Instant at,
            Instant expiresAt) {
        return new Session(id, userId, home, tokenId, null, null, null, at, at, null, null, at,
                expiresAt);
    }

    /// The same session, and where it was opened from.
    Session from(@Nullable String address, @Nullable String userAgent) {
        return new Session(id, userId, home, tokenId, clientId, parentId, actorId,
                authenticatedAt, lastSeenAt, address, userAgent, createdAt, expiresAt);
    }

    /// Whether the person themself is signed in by it, and neither a client nor an operator acts.
    public boolean isOwn() {
        return clientId == null && actorId == null;
    }
}
