package orrery.kit.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the text of a setting as the type of its component.
final class Parse {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");

    private Parse() {}

    /// @return `null` for an empty text, except for lists
    /// @throws IllegalArgumentException with what would be right
    static @Nullable Object as(Type type, String text) {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            var item = list.getActualTypeArguments()[0];
            return Arrays.stream(text.split(",")).map(String::strip).filter(t -> !t.isEmpty())
                    .map(t -> as(item, t)).toList();
        }
        if (text.isEmpty()) {
            return null;
        }
        if (type instanceof Class<?> c && c.isEnum()) {
            return constant(c, text);
        }
        return switch (type.getTypeName()) {
            case "java.lang.String" -> text;
            case "int", "java.lang.Integer" -> whole(text);
            case "boolean", "java.lang.Boolean" -> truth(text);
            case "java.time.Duration" -> duration(text);
            case "java.nio.file.Path" -> path(text);
            case "java.net.URI" -> address(text);
            case "orrery.kit.config.DataSize" -> DataSize.parse(text);
            default -> throw new IllegalStateException("no setting can be a " + type);
        };
    }

    private static Integer whole(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a whole number is expected");
        }
    }

    private static Boolean truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "1" -> true;
            case "false", "no", "0" -> false;
            default -> throw new IllegalArgumentException("true or false is expected");
        };
    }

    private static Duration duration(String text) {
        var match = DURATION.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("a time is written like 500ms, 30s, 15m, 12h or 7d");
        }
        var amount = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private static Path path(String text) {
        var home = System.getProperty("user.home");
        var full = text.startsWith("~/") ? home + text.substring(1) : text;
        return Path.of(full).toAbsolutePath().normalize();
    }

    private static URI address(String text) {
        try {
            var uri = URI.create(text);
            if (uri.getScheme() != null && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new IllegalArgumentException("an address such as https://orrery.example.com");
    }

    private static Object constant(Class<?> type, String text) {
        var names = Arrays.stream(type.getEnumConstants())
                .map(c -> c.toString().toLowerCase(Locale.ROOT)).toList();
        var index = names.indexOf(text.toLowerCase(Locale.ROOT));
        if (index < 0) {
            throw new IllegalArgumentException("one of " + String.join(", ", names));
        }
        return type.getEnumConstants()[index];
    }
}
