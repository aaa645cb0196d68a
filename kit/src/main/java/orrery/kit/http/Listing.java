package orrery.kit.http;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import orrery.kit.Problem;
import orrery.kit.db.Tx;
import orrery.kit.http.PageAsk.Sort;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/// A list that stands in tables: its SQL, and what it can be filtered, sorted and searched by. It
/// is made once, as a constant; [#page] answers what a caller asks of it.
///
/// A condition `deleted_at is null` in its SQL hides what is deleted from all but those who ask for
/// it and may ([Deleted]).
///
/// Pages go on after the last row that was seen, by the sort columns and then the identifier, so
/// that rows which come and go in between are neither skipped nor repeated.
public final class Listing<T> {
    private static final Pattern HIDDEN = Pattern.compile("(\\w+\\.)?deleted_at is null");

    private final Class<T> type;
    private final String plural;
    private final String columns;
    private final String from;
    private final String id;
    private final Map<String, Field> fields;
    private List<String> searched = List.of();
    private Sort standard = new Sort("createdAt", true);

    private Listing(Class<T> type, String plural, String columns, String from) {
        this.type = type;
        this.plural = plural;
        this.columns = columns;
        this.from = from;
        var alias = columns.strip().split("[ ,]", 2)[0];
        this.id = alias.contains(".") ? alias.substring(0, alias.indexOf('.')) + ".id" : "id";
        this.fields = new LinkedHashMap<>();
        with(Questions.Kind.TIME, List.of(), "createdAt");
    }

    /// As another, of other rows.
    private Listing(Listing<T> wider, String from) {
        this.type = wider.type;
        this.plural = wider.plural;
        this.columns = wider.columns;
        this.from = from;
        this.id = wider.id;
        this.fields = new LinkedHashMap<>(wider.fields);
        this.searched = wider.searched;
        this.standard = wider.standard;
    }

    /// A list with the newest first, filtered and sorted by `createdAt` so far.
    ///
    /// @param plural what is listed, for refusals
    /// @param columns the columns to select, the first one with the alias of the table if any
    /// @param from the table and a `where` that may name parameters given to [#page]
    public static <T> Listing<T> of(Class<T> type, String plural, String columns, String from) {
        return new Listing<>(type, plural, columns, from);
    }

    /// Adds a text field; its column is called like it, in snake_case.
    public Listing<T> text(String... names) {
        return with(Questions.Kind.TEXT, List.of(), names);
    }

    /// Adds a text field that callers know by another name than its column's.
    ///
    /// @param field what the column is called like
    public Listing<T> alias(String name, String field) {
        fields.put(name, new Field(Questions.Kind.TEXT, column(field), List.of()));
        return this;
    }

    /// Adds a field that holds a time.
    public Listing<T> time(String... names) {
        return with(Questions.Kind.TIME, List.of(), names);
    }

    /// Adds a field that holds one of an enum's names, in lower case on the wire and in the table.
    public Listing<T> oneOf(String name, Class<? extends Enum<?>> values) {
        return with(Questions.Kind.TEXT, Arrays.stream(values.getEnumConstants())
                .map(value -> value.name().toLowerCase(Locale.ROOT)).toList(), name);
    }

    /// Adds a field whose column is a JSON object of texts.
    public Listing<T> map(String name) {
        return with(Questions.Kind.MAP, List.of(), name);
    }

    /// Which columns a search looks into.
    public Listing<T> searching(String... names) {
        searched = Arrays.stream(names).map(this::column).toList();
        return this;
    }

    /// The order when the caller asks for none, instead of the newest first.
    public Listing<T> latestFirst(String field) {
        standard = new Sort(field, true);
        return this;
    }

    /// The same list of those rows alone for which a condition holds too.
    public Listing<T> where(String condition) {
        return new Listing<>(this, from + "\nand " + condition);
    }

    /// What it can be asked.
    Questions questions() {
        return new Questions(fields.entrySet().stream().map(field -> new Questions.Filter(
                        field.getKey(), field.getValue().kind(), field.getValue().allowed()))
                .toList(), sortable(), (standard.descending() ? "-" : "") + standard.field(),
                !searched.isEmpty(), HIDDEN.matcher(from).find());
    }

    /// Whether that is what it lists.
    boolean isOf(Class<?> items) {
        return items == Void.class || items == type;
    }

    private List<String> sortable() {
        return fields.keySet().stream().filter(name -> fields.get(name).isSortable()).toList();
    }

    private Listing<T> with(Questions.Kind kind, List<String> allowed, String... names) {
        for (var name : names) {
            fields.put(name, new Field(kind, column(name), allowed));
        }
        return this;
    }

    private String column(String name) {
        var snake = name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        return id.contains(".") ? id.replace(".id", "." + snake) : snake;
    }

    /// One page.
    ///
    /// @param bound the parameters of `from`; collections become arrays of text
    /// @throws Problem.Failure [Problem.BadQuery] for a filter, an order or a token that is none
    public Page<T> page(Tx tx, Paging paging, PageAsk ask, Map<String, ?> bound) {
        return page(tx, paging, ask, bound, null);
    }

    /// As [#page(Tx, Paging, PageAsk, Map)].
    ///
    /// @param which a condition that must hold too; `null` for none
    public Page<T> page(Tx tx, Paging paging, PageAsk ask, Map<String, ?> bound,
            @Nullable Expression which) {
        var filters = new ArrayList<Field.Clause>();
        for (int i = 0; i < ask.filters().size(); i++) {
            var filter = ask.filters().get(i);
            var field = find(filter.field());
            if (field != null) {
                filters.add(field.clause(filter, "filter" + i));
            } else if (ask.strict()) {
                throw Filters.bad(filter.field() + " is no filter of " + plural,
                        List.copyOf(fields.keySet()));
            }
        }
        var sql = which == null ? "" : new Wheres(filters).of(which);
        var rows = new Rows(tx, from(ask.deleted()), bound, filters, sql, ask.search(),
                order(ask));
        return paging.page(ask, rows.name(), rows).map(Row::item);
    }

    private String from(Deleted deleted) {
        if (!deleted.isShown()) {
            return from.strip();
        }
        var all = HIDDEN.matcher(from.strip()).replaceAll("true");
        if (all.equals(from.strip())) {
            throw Filters.bad("none of the " + plural + " is kept when it is deleted",
                    List.copyOf(fields.keySet()));
        }
        return all;
    }

    /// Turns expressions into SQL. What they compare with becomes parameters.
    private final class Wheres {
        private final List<Field.Clause> clauses;
        private final Set<String> mistakes = new LinkedHashSet<>();

        Wheres(List<Field.Clause> clauses) {
            this.clauses = clauses;
        }

        /// @throws Problem.Failure [Problem.BadQuery] with all that is wrong
        String of(Expression which) {
            var sql = sql(which);
            if (!mistakes.isEmpty()) {
                throw Filters.bad(String.join("; ", mistakes), List.copyOf(fields.keySet()));
            }
            return sql;
        }

        private String sql(Expression which) {
            return switch (which) {
                case Expression.And all -> joined(all.parts(), " and ");
                case Expression.Or any -> joined(any.parts(), " or ");
                case Expression.Not not -> "(" + sql(not.part()) + ") is not true";
                case Expression.Is one -> sql(one.filter());
            };
        }

        private String joined(List<Expression> parts, String by) {
            return parts.stream().map(this::sql).collect(Collectors.joining(by, "(", ")"));
        }

        private String sql(PageAsk.Filter filter) {
            var field = fields.get(filter.field());
            if (field == null) {
                mistakes.add(filter.field() + " is no field of " + plural);
                return "false";
            }
            try {
                var clause = field.clause(filter, "where" + clauses.size());
                clauses.add(new Field.Clause("", clause.name(), clause.values(), clause.key()));
                return clause.sql();
            } catch (Problem.Failure wrong) {
                mistakes.add(wrong.problem() instanceof Problem.BadQuery bad ? bad.cause()
                        + (bad.allowed().isEmpty() ? "" : ", only " + bad.allowed())
                        : wrong.getMessage());
                return "false";
            }
        }
    }

    /// A field by its name; other families write it in snake_case.
    private @Nullable Field find(String name) {
        var known = fields.get(name);
        return known != null ? known : fields.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(name.replace("_", "")))
                .map(Map.Entry::getValue).findFirst().orElse(null);
    }

    private List<Order> order(PageAsk ask) {
        var out = new ArrayList<Order>();
        for (var sort : ask.sort()) {
            var field = find(sort.field());
            if (field != null && field.isSortable()) {
                out.add(new Order(field, sort.descending()));
            } else if (ask.strict()) {
                throw new Problem.BadQuery(Problem.BadQuery.Part.SORT,
                        plural + " cannot be sorted by " + sort.field(), sortable()).raise();
            }
        }
        return out.isEmpty() ? List.of(new Order(
                fields.get(standard.field()), standard.descending())) : out;
    }

    private record Order(Field field, boolean descending) {
        String sql() {
            return field.column() + (descending ? " desc" : "");
        }

        String after(int at) {
            return field.column() + (descending ? " < " : " > ") + field.cast(":sort" + at);
        }

        String beside(int at) {
            return field.column() + " = " + field.cast(":sort" + at);
        }
    }

    /// A row and where it stands: its sort columns and its identifier.
    private record Row<T>(T item, String[] position) {}

    private final class Rows implements Paging.Source<Row<T>> {
        private final Tx tx;
        private final String from;
        private final Map<String, ?> bound;
        private final List<Field.Clause> filters;
        private final String which;
        private final @Nullable String search;
        private final List<Order> order;
        private final String where;

        Rows(Tx tx, String from, Map<String, ?> bound, List<Field.Clause> filters, String which,
                @Nullable String search, List<Order> order) {
            this.tx = tx;
            this.from = from;
            this.bound = bound;
            this.filters = filters;
            this.which = which;
            this.search = search == null || search.isEmpty() ? null : search;
            this.order = order;
            this.where = where();
        }

        /// What a token is tied to: this list, of these rows, in this order.
        String name() {
            var all = plural + (from.equals(Listing.this.from.strip()) ? "" : " and deleted ones");
            return all + " " + new TreeMap<>(bound) + " " + filters + " " + which + " " + search
                    + " " + order;
        }

        private String where() {
            var sql = new StringBuilder("\nfrom ").append(from);
            filters.stream().filter(filter -> !filter.sql().isEmpty())
                    .forEach(filter -> sql.append("\nand ").append(filter.sql()));
            if (!which.isEmpty()) {
                sql.append("\nand ").append(which);
            }
            if (search != null && !searched.isEmpty()) {
                sql.append(searched.stream()
                        .map(c -> "position(lower(:search) in lower(" + c + ")) > 0")
                        .collect(Collectors.joining(" or ", "\nand (", ")")));
            }
            return sql.toString();
        }

        @Override
        public List<Row<T>> after(@Nullable List<String> position, int limit) {
            var query = select(position == null ? "" : keyset(), "limit :limit");
            if (position != null) {
                for (int i = 0; i < position.size(); i++) {
                    query.bind("sort" + i, position.get(i));
                }
            }
            return query.bind("limit", limit).map(rows()).list();
        }

        @Override
        public List<Row<T>> from(long offset, int limit) {
            return select("", "offset :offset limit :limit")
                    .bind("offset", offset).bind("limit", limit).map(rows()).list();
        }

        @Override
        public long count() {
            return bind(tx.handle().createQuery("select count(*)" + where))
                    .mapTo(long.class).one();
        }

        @Override
        public List<String> position(Row<T> row) {
            return Arrays.asList(row.position());
        }

        private Query select(String keyset, String part) {
            var shown = new StringBuilder("select ").append(columns.strip());
            for (int i = 0; i < order.size(); i++) {
                shown.append(", ").append(order.get(i).field().column())
                        .append("::text as sort_").append(i);
            }
            return bind(tx.handle().createQuery(shown + where + keyset
                    + order.stream().map(Order::sql)
                            .collect(Collectors.joining(", ", "\norder by ", ", " + id + "\n"))
                    + part));
        }

        /// The first condition is what an index can go to; the second is exact.
        private String keyset() {
            var first = order.getFirst();
            var last = order.size();
            var ways = IntStream.rangeClosed(0, last)
                    .mapToObj(i -> IntStream.range(0, i).mapToObj(j -> order.get(j).beside(j))
                            .collect(Collectors.joining(" and ", "", i == 0 ? "" : " and "))
                            + (i == last ? id + " > :sort" + last : order.get(i).after(i)))
                    .collect(Collectors.joining("\n  or "));
            return "\nand (" + first.beside(0).replace(" = ", first.descending() ? " <= " : " >= ")
                    + ")\nand (" + ways + ")";
        }

        private Query bind(Query query) {
            bound.forEach((name, value) -> {
                if (value instanceof Collection<?> many) {
                    query.bindArray(name, String.class, List.copyOf(many));
                } else {
                    query.bind(name, value);
                }
            });
            for (var filter : filters) {
                query.bindArray(filter.name(), String.class, List.copyOf(filter.values()));
                if (filter.key() != null) {
                    query.bind(filter.name() + "key", filter.key());
                }
            }
            return search == null || searched.isEmpty() ? query : query.bind("search", search);
        }

        private RowMapper<Row<T>> rows() {
            return new RowMapper<>() {
                @Override
                public Row<T> map(ResultSet row, StatementContext context) throws SQLException {
                    return specialize(row, context).map(row, context);
                }

                @Override
                public RowMapper<Row<T>> specialize(ResultSet rows, StatementContext context)
                        throws SQLException {
                    var items = context.findRowMapperFor(type).orElseThrow()
                            .specialize(rows, context);
                    var columns = place(rows);
                    return (row, each) -> {
                        var position = new String[columns.length];
                        for (int i = 0; i < columns.length; i++) {
                            position[i] = row.getString(columns[i]);
                        }
                        return new Row<>(items.map(row, each), position);
                    };
                }
            };
        }

        /// The columns that tell where a row stands.
        private int[] place(ResultSet rows) throws SQLException {
            var columns = new int[order.size() + 1];
            for (int i = 0; i < order.size(); i++) {
                columns[i] = rows.findColumn("sort_" + i);
            }
            columns[order.size()] = rows.findColumn("id");
            return columns;
        }
    }
}
