package orrery.server.iam.role;

import java.util.Locale;
import java.util.Set;
import orrery.kit.access.Scope;

/// A named set of permissions that a policy gives to somebody at a place.
///
/// @param level the kind of place it is given at; it counts there and below
/// @param name what people and tokens call it: `owner`, `viewer`
/// @param permissions permissions and patterns of them
public record Role(Level level, String name, String displayName, Set<String> permissions) {
    public enum Level { PLATFORM, ORGANIZATION, PROJECT }

    public Role {
        permissions = Set.copyOf(permissions);
        permissions.stream().filter(pattern -> !Permissions.knows(pattern)).findAny()
                .ifPresent(pattern -> {
                    throw new IllegalArgumentException("no such permission: " + pattern);
                });
    }

    /// How a policy row names it: `organization:admin`. The level is part of it, since `admin` and
    /// `member` exist at two.
    public String key() {
        return level.name().toLowerCase(Locale.ROOT) + ":" + name;
    }

    /// The level of a place.
    public static Level levelOf(Scope scope) {
        return scope.project() != null ? Level.PROJECT
                : scope.organization() != null ? Level.ORGANIZATION : Level.PLATFORM;
    }
}
