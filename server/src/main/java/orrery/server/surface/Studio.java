package orrery.server.surface;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import orrery.kit.Problem;
import orrery.kit.Sentences;
import orrery.kit.http.Answer;
import orrery.kit.http.Exchange;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.PageAsk.Sort;
import orrery.kit.http.Query;
import orrery.kit.http.Reply;
import orrery.kit.http.Surface;
import org.jspecify.annotations.Nullable;

/// `/v1/api/…`: bare bodies, `{"error": text}`, lists with `page` and `limit`.
public final class Studio implements Surface {
    private static final int PAGE = 20;
    private static final int LARGEST_PAGE = 100;

    record Failure(String error) {}

    @Override
    public String name() {
        return "studio";
    }

    @Override
    public boolean owns(String path) {
        return Cloud.isBelow(path, "/v1/api") || path.equals("/v1") || path.equals("/v1/");
    }

    @Override
    public Reply success(Exchange exchange, Answer<?> answer) {
        var body = answer.body();
        if (body == null) {
            return new Reply(answer.status(), answer.headers(), null, null);
        }
        return new Reply(answer.status(), answer.headers(), "application/json",
                body instanceof Page<?> page ? list(page, answer.listName()) : body);
    }

    private static Object list(Page<?> page, @Nullable String name) {
        if (name == null) {
            return page.items();
        }
        var out = new LinkedHashMap<String, Object>();
        out.put(name, page.items());
        if (page.total() != null) {
            var size = page.ask().size();
            var offset = page.ask().offset() == null ? 0 : page.ask().offset();
            out.put("total", page.total());
            out.put("page", offset / size + 1);
            out.put("limit", size);
            out.put("offset", offset);
        }
        return out;
    }

    @Override
    public Reply failure(Exchange exchange, Problem problem) {
        return Statuses.headers(
                Reply.json(Statuses.of(problem), new Failure(Sentences.of(problem))), problem);
    }

    /// A value out of range falls back to the default: this family never refused one.
    @Override
    public PageAsk pageAsk(Query query) {
        var size = number(query, "limit", 1, LARGEST_PAGE, PAGE);
        var page = number(query, "page", 1, Integer.MAX_VALUE, 1);
        var offset = number(query, "offset", 0, Integer.MAX_VALUE, (page - 1) * size);
        var sort = first(query, "sort", "sort_by");
        var order = first(query, "order", "sort_order");
        return new PageAsk((int) size, null, offset,
                sort == null ? List.of() : List.of(new Sort(sort, !"asc".equals(order))),
                query.first("search"));
    }

    private static @Nullable String first(Query query, String name, String other) {
        return query.has(name) ? query.first(name) : query.first(other);
    }

    private static long number(Query query, String name, long least, long most, long usual) {
        var text = query.first(name);
        try {
            var value = text == null ? usual : Long.parseLong(text);
            return value >= least && value <= most ? value : usual;
        } catch (NumberFormatException e) {
            return usual;
        }
    }

    @Override
    public Map<String, String> pageParameters() {
        return new TreeMap<>(Map.of("page", "integer", "limit", "integer", "offset", "integer",
                "sort", "string", "order", "string", "search", "string"));
    }

    @Override
    public Map<String, Object> successSchema(Map<String, Object> shown, boolean isPage) {
        return isPage ? Shapes.ordered("type", "object", "additionalProperties", shown) : shown;
    }

    @Override
    public Map<String, Object> failureSchema() {
        return Shapes.object("error", Shapes.TEXT);
    }

    @Override
    public boolean refusesUnknownFields() {
        return false;
    }

    @Override
    public Set<Carrier> carriers() {
        return Set.of(Carrier.BEARER, Carrier.COOKIE, Carrier.QUERY_TOKEN);
    }
}
