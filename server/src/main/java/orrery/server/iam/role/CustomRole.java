package orrery.server.iam.role;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Naming;

/// A role that an organization made for itself.
///
/// @param name its slug, unique among the organization's roles; none of a predefined one
/// @param permissions permissions and patterns of them
public record CustomRole(
        String id,
        String organizationId,
        String name,
        String displayName,
        @Nullable String description,
        List<String> permissions,
        long version,
        Instant createdAt,
        Instant updatedAt) {
    private static final int MOST = 300;

    public CustomRole {
        permissions = List.copyOf(permissions);
    }

    /// What a policy gives.
    public Role role() {
        return Role.custom(id, name, displayName, Set.copyOf(permissions));
    }

    /// What somebody asks for who wants a new one.
    ///
    /// @param name chosen by us when `null`
    public record New(
            @Nullable String name,
            String displayName,
            @Nullable String description,
            Set<String> permissions) {
        public New {
            check(Naming.check(new Mistakes(), name, displayName, description), permissions)
                    .orRefuse();
        }
    }

    /// The fields that may change, with their new values.
    public record Change(
            String displayName, @Nullable String description, Set<String> permissions) {
        public Change {
            check(Naming.check(new Mistakes(), null, displayName, description), permissions)
                    .orRefuse();
        }
    }

    /// Notes what is wrong with the permissions of a role; `null` is not checked.
    static Mistakes check(Mistakes mistakes, @Nullable Set<String> permissions) {
        if (permissions == null) {
            return mistakes;
        }
        mistakes.unless(!permissions.isEmpty() && permissions.size() <= MOST, "permissions",
                "must have 1 to " + MOST + " entries");
        permissions.stream().sorted().filter(name -> !Permissions.knows(name)).limit(10).forEach(
                name -> mistakes.add("permissions", "there is no permission " + shortened(name)
                        + ": /v1/regions/global/iam/permissions lists them"));
        return mistakes;
    }

    private static String shortened(String name) {
        return name.length() > 80 ? name.substring(0, 80) + "…" : name;
    }
}
