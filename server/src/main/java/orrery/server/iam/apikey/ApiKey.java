package orrery.server.iam.apikey;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.access.Scope;

/// A long-lived secret that acts for the user who made it, at one place and below.
///
/// @param roles names of the roles that it counts for; `null` for all that its user holds
/// @param expiresAt `null` for a key that lasts until it is deleted
public record ApiKey(
        String id,
        String userId,
        Scope scope,
        String name,
        String displayName,
        @Nullable String description,
        @Nullable Set<String> roles,
        boolean isEnabled,
        @Nullable Instant expiresAt,
        @Nullable Instant lastUsedAt,
        @Nullable String lastUsedAddress,
        long version,
        Instant createdAt,
        Instant updatedAt) {

    public enum State { ACTIVE, DISABLED, EXPIRED }

    public ApiKey {
        roles = roles == null ? null : Set.copyOf(roles);
    }

    public State state(Instant now) {
        if (expiresAt != null && !now.isBefore(expiresAt)) {
            return State.EXPIRED;
        }
        return isEnabled ? State.ACTIVE : State.DISABLED;
    }

    /// What somebody asks for who wants a new one.
    public record New(
            @Nullable String name,
            String displayName,
            @Nullable String description,
            @Nullable Set<String> roles,
            @Nullable Instant expiresAt) {
        public New {
            Naming.check(new Mistakes(), name, displayName, description).orRefuse();
        }
    }

    /// The fields that may change, with their new values.
    ///
    /// @param isEnabled `null` for as before
    public record Change(
            String displayName,
            @Nullable String description,
            @Nullable Set<String> roles,
            @Nullable Boolean isEnabled) {
        public Change {
            Naming.check(new Mistakes(), null, displayName, description).orRefuse();
        }
    }

    /// A key and the secret that is shown this once.
    public record WithSecret(ApiKey key, String secret) {
        @Override
        public String toString() {
            return key + " and its secret";
        }
    }
}
