package orrery.kit.kube;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// Up to where somebody has read the logs of several pods, for going on there.
///
/// @param seen the last lines, by a digest of the pod's name
public record LogPlace(Map<String, At> seen) {
    public static final LogPlace START = new LogPlace(Map.of());

    private static final int MOST = 2 * FollowedLogs.MOST_PODS;
    private static final String ONE = "[0-9a-f]{1,8}-\\d{1,10}\\.\\d{1,9}\\.\\d{1,9}";
    private static final Pattern TOKEN =
            Pattern.compile(ONE + "(," + ONE + "){0," + (MOST - 1) + "}");

    /// A line of one pod.
    ///
    /// @param count which of the lines with this time: programs print many at a time
    record At(Instant time, int count) {
        /// The line after this one.
        static At after(@Nullable At before, Instant time) {
            return new At(time,
                    before != null && before.time.equals(time) ? before.count + 1 : 1);
        }

        boolean isAfter(At other) {
            return time.isAfter(other.time) || time.equals(other.time) && count > other.count;
        }
    }

    /// @param token as [#token] made it; `null` for the beginning
    /// @throws Problem.Failure [Problem.BadQuery] when it is not one of ours
    public static LogPlace parse(@Nullable String token) {
        if (token == null) {
            return START;
        }
        if (!TOKEN.matcher(token).matches()) {
            throw new Problem.BadQuery(Problem.BadQuery.Part.PAGE_TOKEN,
                    "is not a place in this log", List.of()).raise();
        }
        var seen = new LinkedHashMap<String, At>();
        for (var one : token.split(",")) {
            var parts = one.split("[-.]");
            seen.put(parts[0], new At(Instant.ofEpochSecond(Long.parseLong(parts[1]),
                    Long.parseLong(parts[2])), Integer.parseInt(parts[3])));
        }
        return new LogPlace(seen);
    }

    public String token() {
        return seen.entrySet().stream().map(one -> one.getKey() + "-"
                        + one.getValue().time().getEpochSecond() + "."
                        + one.getValue().time().getNano() + "." + one.getValue().count())
                .collect(Collectors.joining(","));
    }

    @Nullable At of(String pod) {
        return seen.get(digest(pod));
    }

    /// After a line of a pod. Of pods that printed nothing for long the place is forgotten.
    LogPlace after(String pod, At line) {
        var all = new LinkedHashMap<>(seen);
        all.remove(digest(pod));
        if (all.size() == MOST) {
            all.remove(all.firstEntry().getKey());
        }
        all.put(digest(pod), line);
        return new LogPlace(all);
    }

    private static String digest(String pod) {
        return Integer.toHexString(pod.hashCode());
    }
}
