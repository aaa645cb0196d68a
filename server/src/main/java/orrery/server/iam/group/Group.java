package orrery.server.iam.group;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Naming;

/// People of one organization, whom policies name as one. Groups hold people and no groups.
///
/// @param name its slug, unique among the organization's groups that are not deleted
/// @param memberCount how many people are in it
public record Group(
        String id,
        String organizationId,
        String name,
        String displayName,
        @Nullable String description,
        int memberCount,
        long version,
        Instant createdAt,
        Instant updatedAt) {

    /// What somebody asks for who wants a new one.
    ///
    /// @param name chosen by us when `null`
    public record New(
            @Nullable String name, String displayName, @Nullable String description) {
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

    /// Somebody in a group.
    ///
    /// @param id `mbr_…`
    public record Member(
            String id,
            String groupId,
            String userId,
            String displayName,
            String email,
            String addedBy,
            Instant createdAt) {}
}
