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
/// @param proof how
/// @param address where it was opened from
/// @param boundTo the organization that it counts in alone, because that one's provider said who
///     the person is; `null` as a rule
/// @param providerId the provider that said who the person is, with which it ends; `null` as a rule
public record Session(
        String id,
        String userId,
        Scope home,
        @Nullable String tokenId,
        @Nullable String clientId,
        @Nullable String parentId,
        @Nullable String actorId,
        Instant authenticatedAt,
        Proof proof,
        Instant lastSeenAt,
        @Nullable String address,
        @Nullable String userAgent,
        Instant createdAt,
        Instant expiresAt,
        @Nullable String boundTo,
        @Nullable String providerId) {

    /// A person's own session.
    ///
    /// @param at when it is opened
    static Session own(
            String id, String userId, Entry entry, @Nullable String tokenId, Instant at,
            Instant expiresAt) {
        return new Session(id, userId, entry.home(), tokenId, null, null, null, at, entry.proof(),
                at, null, null, at, expiresAt, entry.boundTo(), entry.providerId());
    }

    /// The same session, and where it was opened from.
    Session from(@Nullable String address, @Nullable String userAgent) {
        return new Session(id, userId, home, tokenId, clientId, parentId, actorId,
                authenticatedAt, proof, lastSeenAt, address, userAgent, createdAt, expiresAt,
                boundTo, providerId);
    }

    /// Whether the person themself is signed in by it, and neither a client nor an operator acts.
    public boolean isPersons() {
        return clientId == null && actorId == null;
    }

    /// Whether the person may look after the account with it: passwords, factors, sessions. An
    /// organization's provider speaks for that organization, not for the account.
    public boolean isOwn() {
        return isPersons() && boundTo == null;
    }

    /// Whether the person is signed in by it for what that organization registered.
    ///
    /// @param organization `null` for our own
    public boolean countsFor(@Nullable String organization) {
        return boundTo == null || organization == null || boundTo.equals(organization);
    }
}
