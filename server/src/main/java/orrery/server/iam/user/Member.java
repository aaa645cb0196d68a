package orrery.server.iam.user;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Naming;

/// A person as an organization sees it; as operators see it, where there is no organization.
///
/// @param id `usr_…`
/// @param name the username
/// @param status whether what the person holds there counts
/// @param roles names of the roles that it was given at the organization itself, or at the platform
/// @param createdAt when the person came
public record Member(
        String id,
        String name,
        String email,
        String displayName,
        @Nullable String organizationId,
        User.State status,
        List<String> roles,
        long version,
        Instant createdAt,
        Instant updatedAt) {

    public Member {
        roles = List.copyOf(roles);
    }

    /// The fields that may change, with their new values.
    public record Change(String displayName, Set<String> roles, User.State status) {
        public Change {
            Naming.check(new Mistakes(), null, displayName, null).orRefuse();
        }
    }
}
