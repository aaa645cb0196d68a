package orrery.server.iam.role;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;

/// A named set of permissions that a policy gives to somebody at a place.
///
/// @param id `rol_…`
/// @param key how a policy's row names it: `organization:admin` for one that comes with the server,
///     since `admin` and `member` exist at two levels; else its identifier
/// @param level the kind of place it is given at; it counts there and below. `null` for any place
///     in its organization
/// @param name what people and tokens call it: `owner`, `viewer`
/// @param permissions permissions and patterns of them
public record Role(
        String id,
        String key,
        @Nullable Level level,
        String name,
        String displayName,
        Set<String> permissions) {
    public enum Level { PLATFORM, ORGANIZATION, PROJECT }

    private static final String DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int ID_LENGTH = 26;

    public Role {
        permissions = Set.copyOf(permissions);
    }

    /// One that comes with the server. Its identifier is the same in every installation.
    static Role predefined(
            Level level, String name, String displayName, Set<String> permissions) {
        permissions.stream().filter(pattern -> !Permissions.knows(pattern)).findAny()
                .ifPresent(pattern -> {
                    throw new IllegalArgumentException("no such permission: " + pattern);
                });
        var key = level.name().toLowerCase(Locale.ROOT) + ":" + name;
        return new Role("rol_" + digest(key), key, level, name, displayName, permissions);
    }

    /// One that an organization made.
    ///
    /// @param permissions as they were stored; what no release knows any more is left out
    public static Role custom(
            String id, String name, String displayName, Set<String> permissions) {
        return new Role(id, id, null, name, displayName, permissions.stream()
                .filter(Permissions::knows).collect(Collectors.toUnmodifiableSet()));
    }

    public boolean isPredefined() {
        return level != null;
    }

    /// Whether it may be given at `place`.
    public boolean fits(Scope place) {
        if (level == null) {
            return place.organization() != null;
        }
        return switch (level) {
            case PLATFORM -> place.organization() == null;
            case ORGANIZATION -> place.organization() != null && place.project() == null;
            case PROJECT -> place.project() != null;
        };
    }

    /// The level of a place.
    public static Level levelOf(Scope scope) {
        return scope.project() != null ? Level.PROJECT
                : scope.organization() != null ? Level.ORGANIZATION : Level.PLATFORM;
    }

    private static String digest(String key) {
        try {
            var number = new BigInteger(1, MessageDigest.getInstance("SHA-256")
                    .digest(key.getBytes(StandardCharsets.UTF_8)));
            var text = new StringBuilder();
            var base = BigInteger.valueOf(DIGITS.length());
            for (int i = 0; i < ID_LENGTH; i++, number = number.divide(base)) {
                text.append(DIGITS.charAt(number.mod(base).intValue()));
            }
            return text.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
