package orrery.kit.http;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import orrery.kit.http.PageAsk.Filter;
import orrery.kit.http.PageAsk.Test;
import orrery.kit.http.Questions.Kind;
import org.jspecify.annotations.Nullable;

/// What a list can be filtered or sorted by. Its column holds no null.
///
/// @param allowed the only values there are; empty for any
record Field(Kind kind, String column, List<String> allowed) {

    private static final Set<Test> ON_TEXT = Set.of(Test.EQ, Test.NE, Test.PREFIX, Test.CONTAINS);
    private static final Set<Test> ON_TIME =
            Set.of(Test.EQ, Test.NE, Test.GT, Test.GTE, Test.LT, Test.LTE);

    /// One condition in SQL.
    ///
    /// @param name the parameter for the values; with `key` behind it, the one for the key
    record Clause(String sql, String name, List<String> values, @Nullable String key) {}

    boolean isSortable() {
        return kind != Kind.MAP;
    }

    String cast(String parameter) {
        return kind == Kind.TIME ? parameter + "::timestamptz" : parameter;
    }

    /// @throws orrery.kit.Problem.Failure [orrery.kit.Problem.BadQuery]
    Clause clause(Filter filter, String name) {
        if (kind == Kind.MAP != (filter.key() != null)) {
            throw Filters.bad(kind == Kind.MAP ? "name the entry, as in " + filter.field() + ".env"
                    : filter.field() + " has no entries such as " + filter.key(), List.of());
        }
        var possible = kind == Kind.TIME ? ON_TIME : ON_TEXT;
        if (!possible.contains(filter.test())) {
            throw Filters.bad(filter.field() + " cannot be compared by ["
                    + Filters.text(filter.test()) + "]",
                    possible.stream().map(Filters::text).sorted().toList());
        }
        if (filter.test() != Test.PREFIX && filter.test() != Test.CONTAINS) {
            filter.values().forEach(value -> check(filter.field(), value));
        }
        var value = kind == Kind.MAP ? column + " ->> :" + name + "key" : column;
        return new Clause(sql(filter.test(), value, name), name, filter.values(), filter.key());
    }

    private void check(String field, String value) {
        if (!allowed.isEmpty() && !allowed.contains(value)) {
            throw Filters.bad(field + " is never " + value, allowed);
        }
        try {
            if (kind == Kind.TIME) {
                OffsetDateTime.parse(value);
            }
        } catch (DateTimeException notOne) {
            throw Filters.bad(field + " must be a time such as 2026-03-24T12:00:00Z", List.of());
        }
    }

    private String sql(Test test, String value, String name) {
        var values = ":" + name + (kind == Kind.TIME ? "::timestamptz[]" : "::text[]");
        return switch (test) {
            case EQ -> value + " = any(" + values + ")";
            case NE -> "(" + value + " = any(" + values + ")) is not true";
            case GT -> value + " > any(" + values + ")";
            case GTE -> value + " >= any(" + values + ")";
            case LT -> value + " < any(" + values + ")";
            case LTE -> value + " <= any(" + values + ")";
            case PREFIX -> "exists (select from unnest(" + values + ") as start"
                    + " where starts_with(" + value + ", start))";
            case CONTAINS -> "exists (select from unnest(" + values + ") as part"
                    + " where position(lower(part) in lower(" + value + ")) > 0)";
        };
    }
}
