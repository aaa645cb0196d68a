package orrery.server.tenancy.project;

import java.time.Instant;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.access.Scope;
import org.jspecify.annotations.Nullable;

/// Where resources live: a part of an organization with members of its own.
///
/// @param deletion the run that deletes it with all that is in it; `null` when none does
/// @param name its slug, unique among the projects of its organization that are not deleted
public record Project(
        String id,
        String organizationId,
        String name,
        String displayName,
        @Nullable String description,
        Visibility visibility,
        @Nullable String deletion,
        long version,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    /// Whether all members of the organization may look into it.
    public enum Visibility { PRIVATE, ORG }

    /// What somebody asks for who wants a new one.
    ///
    /// @param name chosen by us when `null`
    public record New(
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            Visibility visibility) {
        public New {
            Naming.check(new Mistakes(), name, displayName, description).orRefuse();
        }
    }

    /// The fields that may change, with their new values.
    public record Change(
            String displayName, @Nullable String description, Visibility visibility) {
        public Change {
            Naming.check(new Mistakes(), null, displayName, description).orRefuse();
        }
    }

    public Scope scope() {
        return Scope.project(organizationId, id);
    }
}
