package orrery.server.iam.serviceaccount;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.access.Scope;

/// A machine that calls for itself. It belongs to an organization, holds roles of its own, and
/// outlives who made it.
///
/// @param clientId what it calls itself when it asks for a token: `name@organization.iam`; never
///     changed
/// @param projectId the one that it works in; `null` for the whole organization
/// @param roles names of the roles that it was given there
/// @param activeCredentialCount how many secrets count now
public record ServiceAccount(
        String id,
        String organizationId,
        @Nullable String projectId,
        String name,
        String displayName,
        @Nullable String description,
        String clientId,
        State state,
        List<String> roles,
        int activeCredentialCount,
        String createdBy,
        long version,
        Instant createdAt,
        Instant updatedAt) {

    public enum State { ACTIVE, DISABLED }

    public ServiceAccount {
        roles = List.copyOf(roles);
    }

    /// Where it works: what it holds counts here and below.
    public Scope scope() {
        return new Scope(organizationId, projectId);
    }

    /// What somebody asks for who wants a new one.
    ///
    /// @param name chosen by us when `null`
    public record New(
            @Nullable String name,
            String displayName,
            @Nullable String description,
            Set<String> roles) {
        public New {
            Naming.check(new Mistakes(), name, displayName, description).orRefuse();
        }
    }

    /// The fields that may change, with their new values.
    public record Change(
            String displayName, @Nullable String description, Set<String> roles, State state) {
        public Change {
            Naming.check(new Mistakes(), null, displayName, description).orRefuse();
        }
    }

    /// A secret that a service account proves itself with.
    ///
    /// @param id `crd_…`
    /// @param expiresAt `null` for one that lasts until it is deleted
    public record Credential(
            String id,
            String serviceAccountId,
            @Nullable Instant expiresAt,
            @Nullable Instant lastUsedAt,
            @Nullable String lastUsedAddress,
            String createdBy,
            Instant createdAt) {
        public enum Status { ACTIVE, EXPIRED }

        public Status status(Instant now) {
            return expiresAt == null || now.isBefore(expiresAt) ? Status.ACTIVE : Status.EXPIRED;
        }
    }

    /// A credential and its secret, which is shown this once.
    public record WithSecret(Credential credential, String secret) {
        @Override
        public String toString() {
            return credential + " and its secret";
        }
    }
}
