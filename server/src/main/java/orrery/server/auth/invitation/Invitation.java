package orrery.server.auth.invitation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.access.Scope;
import orrery.server.iam.user.Users;

/// Somebody was asked to come to an organization, or to one project of it, and be something there.
///
/// @param projectId `null` for the organization itself
/// @param email as it was written; two that differ in case only are the same
/// @param roleKey how a policy's row names the role
/// @param role what people call it
/// @param invitedBy the user or service account who asked
/// @param acceptedBy the user who came
public record Invitation(
        String id,
        String organizationId,
        @Nullable String projectId,
        String email,
        String roleKey,
        String role,
        Status status,
        String invitedBy,
        @Nullable String acceptedBy,
        @Nullable Instant acceptedAt,
        Instant expiresAt,
        long version,
        Instant createdAt,
        Instant updatedAt) {
    public enum Status { PENDING, ACCEPTED, EXPIRED, REVOKED }

    /// What somebody asks for who wants to invite.
    ///
    /// @param role identifier or name of a role that can be given there
    public record New(String email, String role) {
        public New {
            Users.checkEmail(new Mistakes(), email).orRefuse();
        }
    }

    /// One that was just made or renewed.
    ///
    /// @param link lets the invited person in, for who hands it on; `null` where a mail took it
    public record Sent(Invitation invitation, @Nullable String link) {
        @Override
        public String toString() {
            return invitation + " and its link";
        }
    }

    /// Where the role is given.
    Scope place() {
        return new Scope(organizationId, projectId);
    }
}
