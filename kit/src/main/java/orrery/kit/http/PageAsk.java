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

    /// The same for a list that goes by offsets unless the caller asks for tokens. An empty token
    /// asks for the first page that has one.
    public PageAsk orFromTheStart() {
        if (token != null) {
            return new PageAsk(size, token.isEmpty() ? null : token, offset, sort, search);
        }
        return offset != null ? this : new PageAsk(size, null, 0L, sort, search);
    }

    public PageAsk {
        sort = List.copyOf(sort);
    }
}
