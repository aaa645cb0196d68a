package orrery.server.tenancy.organization;

import java.time.Instant;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import org.jspecify.annotations.Nullable;

/// A tenant: what people belong to, what projects lie in, what is billed.
///
/// @param name its slug, unique among all organizations that are not deleted
/// @param ownerId the user who made it
public record Organization(
        String id,
        String name,
        String displayName,
        @Nullable String description,
        String ownerId,
        long version,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    /// What somebody asks for who wants a new one.
    ///
    /// @param name chosen by us when `null`
    public record New(
            @Nullable String name, @Nullable String displayName, @Nullable String description) {
        public New {
            Naming.check(new Mistakes(), name, displayName, description).orRefuse();
        }
    }

    /// The fields that may change, with their new values.
    public record Change(String displayName, @Nullable String description) {
        public Change {
            Naming.check(new Mistakes(), null, displayName, description).orRefuse();
        }
    }
}
