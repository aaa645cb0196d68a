package orrery.kit.config;

import java.util.Locale;
import java.util.regex.Pattern;

/// An amount of bytes: `512KiB`, `1MiB`, `2GiB`, or plain bytes.
public record DataSize(long bytes) {
    private static final Pattern SHAPE = Pattern.compile("(\\d{1,12})\\s*(B|KiB|MiB|GiB)?");

    /// @throws IllegalArgumentException when it is written otherwise
    public static DataSize parse(String text) {
        var match = SHAPE.matcher(text.strip());
        if (!match.matches()) {
            throw new IllegalArgumentException("a size is written like 512KiB or 1MiB");
        }
        var unit = match.group(2) == null ? "B" : match.group(2).toUpperCase(Locale.ROOT);
        var shift = switch (unit) {
            case "KIB" -> 10;
            case "MIB" -> 20;
            case "GIB" -> 30;
            default -> 0;
        };
        return new DataSize(Math.multiplyExact(Long.parseLong(match.group(1)), 1L << shift));
    }
}
