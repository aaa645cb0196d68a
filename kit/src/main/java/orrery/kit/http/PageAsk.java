package orrery.kit.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a caller asked of a list, whatever its family calls the parameters.
///
/// @param size most items to answer with
/// @param token goes on after an earlier page; `null` for a first page
/// @param offset items to skip; `null` when the caller did not ask for offset mode
/// @param sort fields in order of weight; empty for the list's own order
/// @param search text to look for; `null` for everything
/// @param filters all of them must hold
/// @param deleted whether it wants deleted items too
/// @param strict whether a filter or an order that the list does not know is refused; else it is
///     passed over
public record PageAsk(
        int size,
        @Nullable String token,
        @Nullable Long offset,
        List<Sort> sort,
        @Nullable String search,
        List<Filter> filters,
        boolean strict,
        Deleted deleted) {

    public record Sort(String field, boolean descending) {}

    /// One condition on one field.
    ///
    /// @param key which entry, where the field is a map (`labels.env`); else `null`
    /// @param values any of them will do
    public record Filter(String field, @Nullable String key, Test test, List<String> values) {
        public Filter {
            values = List.copyOf(values);
        }
    }

    /// How a field is compared with a filter's value.
    public enum Test { EQ, NE, GT, GTE, LT, LTE, PREFIX, CONTAINS }

    public PageAsk {
        sort = List.copyOf(sort);
        filters = List.copyOf(filters);
    }

    /// One without filters.
    public PageAsk(int size, @Nullable String token, @Nullable Long offset, List<Sort> sort,
            @Nullable String search) {
        this(size, token, offset, sort, search, List.of(), true, Deleted.HIDDEN);
    }

    /// The same, of the items for which these hold.
    public PageAsk where(List<Filter> filters, boolean strict) {
        return new PageAsk(size, token, offset, sort, search, filters, strict, deleted);
    }

    /// The same, with or without what is deleted.
    public PageAsk with(Deleted deleted) {
        return new PageAsk(size, token, offset, sort, search, filters, strict, deleted);
    }

    /// The same, of the items whose `field` is `value`, too.
    public PageAsk and(String field, String value) {
        var more = new ArrayList<>(filters);
        more.add(new Filter(field, null, Test.EQ, List.of(value)));
        return where(more, strict);
    }

    /// The same for a list that goes by offsets unless the caller asks for tokens. An empty token
    /// asks for the first page that has one.
    public PageAsk orFromTheStart() {
        if (token != null) {
            return new PageAsk(
                    size, token.isEmpty() ? null : token, offset, sort, search, filters, strict,
                    deleted);
        }
        return offset != null ? this
                : new PageAsk(size, null, 0L, sort, search, filters, strict, deleted);
    }
}
