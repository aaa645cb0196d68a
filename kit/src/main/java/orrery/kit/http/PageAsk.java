package orrery.kit.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a caller asked of a list, whatever its family calls the parameters.
///
/// @param size most items to answer with
/// @param token goes on after an earlier page; `null` for a first page
/// @param offset items to skip; `null` when the caller did not ask for offset mode
/// @param sort fields in order of weight; empty for the list's own order
/// @param search text to look for; `null` for everything
public record PageAsk(
        int size,
        @Nullable String token,
        @Nullable Long offset,
        List<Sort> sort,
        @Nullable String search) {

    public record Sort(String field, boolean descending) {}

    public PageAsk {
        sort = List.copyOf(sort);
    }
}
