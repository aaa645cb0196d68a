package orrery.server.studio.importer;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations, sizes and processors as Compose writes them, and as Kubernetes does.
final class Units {
    private static final Pattern DURATION_PART =
            Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?)(h|ms|m|s|us|µs|ns)");
    private static final Pattern SIZE =
            Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?) ?([kmgtp]?)(i?b)?");

    private Units() {}

    /// `1m30s`, `500ms`.
    static Duration duration(String text) {
        Matcher part = DURATION_PART.matcher(text.strip());
        BigDecimal nanos = BigDecimal.ZERO;
        int at = 0;
        while (part.find() && part.start() == at) {
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(nanosOf(part.group(2))));
            at = part.end();
        }
        if (at == 0 && text.strip().equals("0")) {
            return Duration.ZERO;
        }
        if (at == 0 || at != text.strip().length()
                || nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new Unreadable("is '%s'; it must be a duration such as 30s or 1m30s"
                    .formatted(Spelling.brief(text)));
        }
        return Duration.ofNanos(nanos.longValue());
    }

    private static BigDecimal nanosOf(String unit) {
        return switch (unit) {
            case "h" -> BigDecimal.valueOf(3_600_000_000_000L);
            case "m" -> BigDecimal.valueOf(60_000_000_000L);
            case "s" -> BigDecimal.valueOf(1_000_000_000L);
            case "ms" -> BigDecimal.valueOf(1_000_000L);
            case "us", "µs" -> BigDecimal.valueOf(1_000L);
            default -> BigDecimal.ONE;
        };
    }

    /// Bytes of `512m`, `1.5gb`, `64MiB`; Compose counts all of them in steps of 1024.
    static long bytes(String text) {
        Matcher size = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            throw new Unreadable("is '%s'; it must be a size such as 512m or 2g"
                    .formatted(Spelling.brief(text)));
        }
        int power = size.group(2).isEmpty() ? 0 : "kmgtp".indexOf(size.group(2)) + 1;
        BigDecimal bytes = new BigDecimal(size.group(1))
                .multiply(BigDecimal.valueOf(1L << (10 * power)));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new Unreadable("is '%s', which is too much".formatted(Spelling.brief(text)));
        }
        return bytes.longValue();
    }

    /// Thousandths of a processor of `0.5` or `2`.
    static long millicores(String text) {
        if (!text.strip().matches("[0-9]{0,6}(\\.[0-9]{1,9})?") || text.isBlank()) {
            throw new Unreadable("is '%s'; it must be a number of processors such as 0.5"
                    .formatted(Spelling.brief(text)));
        }
        return new BigDecimal(text.strip()).movePointRight(3)
                .setScale(0, RoundingMode.CEILING).longValue();
    }

    /// Kubernetes' shortest exact way to write that many bytes: `512Mi`.
    static String quantity(long bytes) {
        String[] units = {"Ki", "Mi", "Gi", "Ti", "Pi"};
        for (int power = units.length; power > 0; power--) {
            long unit = 1L << (10 * power);
            if (bytes >= unit && bytes % unit == 0) {
                return bytes / unit + units[power - 1];
            }
        }
        return String.valueOf(bytes);
    }

    /// Kubernetes' way to write thousandths of a processor: `500m`, `2`.
    static String processors(long millicores) {
        return millicores % 1000 == 0 ? String.valueOf(millicores / 1000) : millicores + "m";
    }

    /// Whole seconds, at least one.
    static long seconds(Duration duration) {
        return Math.max(1, duration.plusMillis(999).toSeconds());
    }
}
