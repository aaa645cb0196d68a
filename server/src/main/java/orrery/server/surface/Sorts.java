package orrery.server.surface;

import java.util.Arrays;
import java.util.List;
import orrery.kit.http.PageAsk.Sort;
import org.jspecify.annotations.Nullable;

/// Reads `sort=state,-createdAt`: fields in order of weight, `-` for descending.
final class Sorts {
    private static final int MOST = 5;

    private Sorts() {}

    static List<Sort> read(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return List.of();
        }
        return Arrays.stream(text.split(","))
                .limit(MOST)
                .map(String::strip)
                .map(field -> field.startsWith("-")
                        ? new Sort(field.substring(1), true) : new Sort(field, false))
                .toList();
    }
}
