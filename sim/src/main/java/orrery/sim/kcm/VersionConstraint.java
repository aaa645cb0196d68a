package orrery.sim.kcm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which versions something works with, as Helm and KCM write it: `>= 1.30.0, < 1.33`, `^1.31`,
/// `~1.32.0`, `1.31.x`, `1.30 - 1.33`, and alternatives with `||`.
record VersionConstraint(List<List<Range>> alternatives) {
    private static final Pattern VERSION = Pattern.compile(
            "v?(\\d{1,9})(?:\\.(\\d{1,9}|[xX*]))?(?:\\.(\\d{1,9}|[xX*]))?(?:[-+][0-9A-Za-z.+-]*)?");
    private static final Pattern EXACT = Pattern.compile("v?\\d+\\.\\d+\\.\\d+(?:[-+].*)?");
    private static final Pattern SPAN = Pattern.compile("(\\S+)\\s+-\\s+(\\S+)");
    private static final Pattern TERM =
            Pattern.compile("(>=|=>|<=|=<|!=|[=<>~^]?)\\s*([^\\s,=<>~^!]+)\\s*,?\\s*");
    private static final long[] TOP = {Long.MAX_VALUE, 0, 0};

    /// From `low` on, below `high`, or just not between them.
    record Range(long[] low, long[] high, boolean outside) {
        boolean holds(long[] version) {
            boolean within = Arrays.compare(version, low) >= 0 && Arrays.compare(version, high) < 0;
            return within != outside;
        }
    }

    VersionConstraint {
        alternatives = List.copyOf(alternatives);
    }

    /// Whether this is one whole version.
    static boolean isVersion(String text) {
        return EXACT.matcher(text).matches() && VERSION.matcher(text).matches();
    }

    /// Empty for what is no constraint.
    static Optional<VersionConstraint> parse(String text) {
        var all = new ArrayList<List<Range>>();
        for (var part : text.split("\\|\\|", -1)) {
            var ranges = ranges(part.strip());
            if (ranges.isEmpty()) {
                return Optional.empty();
            }
            all.add(ranges);
        }
        return Optional.of(new VersionConstraint(all));
    }

    /// Whether a version is among them.
    boolean allows(String version) {
        var parts = VERSION.matcher(version);
        if (!parts.matches()) {
            return false;
        }
        long[] exact = {part(parts.group(1)), part(parts.group(2)), part(parts.group(3))};
        return alternatives.stream()
                .anyMatch(ranges -> ranges.stream().allMatch(range -> range.holds(exact)));
    }

    private static List<Range> ranges(String text) {
        var span = SPAN.matcher(text);
        var all = new ArrayList<Range>();
        if (span.matches()) {
            all.add(range(">=", span.group(1)));
            all.add(range("<=", span.group(2)));
        } else {
            var term = TERM.matcher(text);
            int end = 0;
            while (end < text.length() && term.find(end) && term.start() == end) {
                all.add(range(term.group(1), term.group(2)));
                end = term.end();
            }
            if (end < text.length()) {
                return List.of();
            }
        }
        return all.contains(null) ? List.of() : all;
    }

    /// Null when the version is none.
    private static Range range(String sign, String version) {
        if (version.equals("*")) {
            return new Range(new long[3], TOP, false);
        }
        var parts = VERSION.matcher(version);
        if (!parts.matches()) {
            return null;
        }
        long[] low = {part(parts.group(1)), part(parts.group(2)), part(parts.group(3))};
        int known = !isNumber(parts.group(2)) ? 1 : !isNumber(parts.group(3)) ? 2 : 3;
        return switch (sign) {
            case ">" -> new Range(after(low, known), TOP, false);
            case ">=", "=>" -> new Range(low, TOP, false);
            case "<" -> new Range(new long[3], low, false);
            case "<=", "=<" -> new Range(new long[3], after(low, known), false);
            case "!=" -> new Range(low, after(low, known), true);
            case "~" -> new Range(low, after(low, Math.min(known, 2)), false);
            case "^" -> new Range(low, after(low, low[0] > 0 || known == 1 ? 1
                    : low[1] > 0 || known == 2 ? 2 : 3), false);
            default -> new Range(low, after(low, known), false);
        };
    }

    /// The first version that does not begin with so many parts of this one.
    private static long[] after(long[] version, int parts) {
        long[] next = new long[3];
        System.arraycopy(version, 0, next, 0, parts);
        next[parts - 1]++;
        return next;
    }

    private static boolean isNumber(String part) {
        return part != null && Character.isDigit(part.charAt(0));
    }

    private static long part(String text) {
        return isNumber(text) ? Long.parseLong(text) : 0;
    }
}
