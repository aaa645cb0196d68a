package orrery.server.surface;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.Sentences;
import orrery.kit.Problem.Mistake;
import orrery.kit.http.Answer;
import orrery.kit.http.Exchange;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Query;
import orrery.kit.http.Reply;
import orrery.kit.http.Surface;
import orrery.kit.http.Views;
import org.jspecify.annotations.Nullable;

/// `/v1/regions/…` and `/v1/workflows/…`: an envelope of `success`, `data` or `error`, and `meta`;
/// camelCase; page tokens or offsets.
public final class Cloud implements Surface {
    private static final String SINGULAR = "/v1/region";
    private static final LocalDate SINCE = LocalDate.of(2026, 1, 1);
    private static final LocalDate SUNSET = LocalDate.of(2027, 7, 1);
    private static final int PAGE = 50;
    private static final int LARGEST_PAGE = 500;

    private static final Map<String, Object> EVERY_META = Shapes.with(
            Shapes.object("requestId", Shapes.TEXT, "timestamp", Shapes.TIME),
            "warnings", Shapes.list(Shapes.with(
                    Shapes.object("code", Shapes.TEXT, "message", Shapes.TEXT),
                    "field", Shapes.TEXT, "sunset", Shapes.TEXT, "migration", Shapes.TEXT)));
    private static final Map<String, Object> META = Shapes.with(EVERY_META,
            "workflowId", Shapes.TEXT, "estimatedDuration", Shapes.NUMBER,
            "workflow", Shapes.object("id", Shapes.TEXT, "type", Shapes.TEXT,
                    "status", Shapes.TEXT, "href", Shapes.TEXT));
    private static final Map<String, Object> META_OF_PAGES = Shapes.object(
            "requestId", Shapes.TEXT, "timestamp", Shapes.TIME,
            "pagination", Shapes.with(Shapes.object("pageSize", Shapes.NUMBER),
                    "nextPageToken", Shapes.TEXT, "offset", Shapes.NUMBER,
                    "total", Shapes.NUMBER));

    record Success(boolean success, @Nullable Object data, Map<String, Object> meta) {}

    record Failure(boolean success, Error error, Map<String, Object> meta) {}

    /// A refusal: also of one item of a batch.
    public record Error(
            String code,
            String message,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Object> details) {
        public static Error of(Problem problem) {
            return new Error(Cloud.code(problem), Sentences.of(problem), Cloud.details(problem));
        }
    }

    record Workflow(String id, String type, String status, String href) {}

    @Override
    public String name() {
        return "cloud";
    }

    @Override
    public boolean owns(String path) {
        return isBelow(path, "/v1/regions") || isBelow(path, SINGULAR)
                || isBelow(path, "/v1/workflows");
    }

    @Override
    public @Nullable Successor successor(String path) {
        return isBelow(path, SINGULAR)
                ? new Successor("/v1/regions" + path.substring(SINGULAR.length()), SINCE, SUNSET)
                : null;
    }

    static boolean isBelow(String path, String prefix) {
        return path.startsWith(prefix)
                && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
    }

    @Override
    public Reply success(Exchange exchange, Answer<?> answer) {
        if (answer.status() == 204 || answer.status() == 302) {
            return new Reply(answer.status(), answer.headers(), null, null);
        }
        var meta = meta(exchange);
        var data = answer.body();
        if (data instanceof Page<?> page) {
            meta.put("pagination", pagination(page));
            data = page.items().stream().map(Views::written).toList();
        } else if (data != null) {
            data = Views.written(data);
        }
        var run = answer.run();
        if (run != null) {
            meta.put("workflowId", run.id());
            if (run.estimated() != null) {
                meta.put("estimatedDuration", run.estimated().toMillis());
            }
            meta.put("workflow", new Workflow(
                    run.id(), run.type(), run.status(), "/v1/workflows/runs/" + run.id()));
        }
        return new Reply(answer.status(), answer.headers(), "application/json",
                new Success(true, data, meta));
    }

    @Override
    public Reply failure(Exchange exchange, Problem problem) {
        return Statuses.headers(Reply.json(Statuses.of(problem),
                new Failure(false, Error.of(problem), meta(exchange))), problem);
    }

    private static Map<String, Object> meta(Exchange exchange) {
        var meta = new LinkedHashMap<String, Object>();
        meta.put("requestId", exchange.requestId());
        meta.put("timestamp", exchange.received());
        if (!exchange.warnings().isEmpty()) {
            meta.put("warnings", exchange.warnings());
        }
        return meta;
    }

    private static Map<String, Object> pagination(Page<?> page) {
        var out = new LinkedHashMap<String, Object>();
        out.put("pageSize", page.ask().size());
        if (page.total() != null) {
            var offset = page.ask().offset();
            out.put("offset", offset == null ? 0 : offset);
            out.put("total", page.total());
        } else if (page.next() != null) {
            out.put("nextPageToken", page.next());
        }
        return out;
    }

    @Override
    public PageAsk pageAsk(Query query) {
        var mistakes = new Mistakes();
        mistakes.unless(!(query.has("pageToken") && query.has("offset")),
                "pageToken", "goes with pageSize only; leave out either pageToken or offset");
        var size = number(query, "pageSize", 1, LARGEST_PAGE, mistakes);
        var offset = number(query, "offset", 0, Integer.MAX_VALUE, mistakes);
        mistakes.orRefuse();
        return new PageAsk(size == null ? PAGE : size.intValue(),
                query.first("pageToken"), offset, Sorts.read(query.first("sort")),
                query.first("search"));
    }

    private static @Nullable Long number(
            Query query, String name, long least, long most, Mistakes mistakes) {
        var text = query.first(name);
        if (text == null) {
            return null;
        }
        try {
            var value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Named below, like a number out of range.
        }
        mistakes.add(name, "must be a whole number from " + least
                + (most == Integer.MAX_VALUE ? "" : " to " + most));
        return null;
    }

    @Override
    public boolean showsDeleted() {
        return true;
    }

    @Override
    public Map<String, String> pageParameters() {
        return new TreeMap<>(Map.of("pageToken", "string", "pageSize", "integer",
                "offset", "integer", "sort", "string", "search", "string"));
    }

    @Override
    public Map<String, Object> successSchema(Map<String, Object> shown, boolean isPage) {
        return Shapes.object("success", Shapes.constant(true), "data", shown,
                "meta", isPage ? META_OF_PAGES : META);
    }

    @Override
    public Map<String, Object> failureSchema() {
        return Shapes.object("success", Shapes.constant(false),
                "error", Shapes.with(Shapes.object("code", Shapes.TEXT, "message", Shapes.TEXT),
                        "details", Map.of("type", "object")),
                "meta", EVERY_META);
    }

    @Override
    public boolean refusesUnknownFields() {
        return true;
    }

    @Override
    public Set<Carrier> carriers() {
        return Set.of(Carrier.BEARER, Carrier.COOKIE);
    }

    private static String code(Problem problem) {
        return switch (problem) {
            case Problem.Malformed _, Problem.Invalid _ -> "VALIDATION_ERROR";
            case Problem.BadQuery p -> switch (p.part()) {
                case PAGE_TOKEN -> "INVALID_PAGE_TOKEN";
                case FILTER -> "INVALID_FILTER";
                case SORT -> "INVALID_SORT";
                case EXPAND -> "INVALID_EXPAND";
            };
            case Problem.Unauthenticated p -> switch (p.credential()) {
                case MISSING, INVALID -> "UNAUTHORIZED";
                case EXPIRED -> "TOKEN_EXPIRED";
                case REVOKED -> "TOKEN_REVOKED";
            };
            case Problem.TokenRefused p -> p.error().name();
            case Problem.Forbidden _, Problem.Refused _ -> "FORBIDDEN";
            case Problem.QuotaExceeded _ -> "QUOTA_EXCEEDED";
            case Problem.TooManyCredentials _ -> "CREDENTIAL_LIMIT_EXCEEDED";
            case Problem.NotFound _, Problem.NoSuchRoute _ -> "NOT_FOUND";
            case Problem.MethodNotAllowed _ -> "METHOD_NOT_ALLOWED";
            case Problem.NotAcceptable _ -> "NOT_ACCEPTABLE";
            case Problem.AlreadyExists _ -> "ALREADY_EXISTS";
            case Problem.Conflict _, Problem.Ambiguous _ -> "CONFLICT";
            case Problem.InUse _ -> "CONFLICT_IN_USE";
            case Problem.PoolExhausted _ -> "POOL_CAPACITY_EXCEEDED";
            case Problem.IllegalTransition _ -> "INVALID_STATE_TRANSITION";
            case Problem.UpgradeNotAllowed _ -> "UPGRADE_NOT_ALLOWED";
            case Problem.IdempotencyInProgress _ -> "IDEMPOTENCY_IN_PROGRESS";
            case Problem.PreconditionFailed _ -> "PRECONDITION_FAILED";
            case Problem.HeadTooLarge p -> switch (p.part()) {
                case ADDRESS -> "URI_TOO_LONG";
                case HEADERS -> "HEADERS_TOO_LARGE";
            };
            case Problem.PayloadTooLarge _ -> "PAYLOAD_TOO_LARGE";
            case Problem.UnsupportedMediaType _ -> "UNSUPPORTED_MEDIA_TYPE";
            case Problem.Misdirected _ -> "MISDIRECTED_REQUEST";
            case Problem.Unprocessable _ -> "UNPROCESSABLE";
            case Problem.IdempotencyKeyReused _ -> "IDEMPOTENCY_KEY_REUSED";
            case Problem.RateLimited _ -> "RATE_LIMITED";
            case Problem.Broken p -> p.code();
            case Problem.Internal _ -> "INTERNAL_ERROR";
            case Problem.Unavailable _ -> "UPSTREAM_UNAVAILABLE";
        };
    }

    private static Map<String, Object> details(Problem problem) {
        return switch (problem) {
            case Problem.Invalid p -> Map.of("fields", fields(p.mistakes()));
            case Problem.Unprocessable p -> Map.of("fields", fields(p.mistakes()));
            case Problem.BadQuery p when !p.allowed().isEmpty() ->
                Map.of("allowed", p.allowed());
            case Problem.UpgradeNotAllowed p -> Map.of("allowed", p.allowed());
            case Problem.InUse p -> Map.of("dependents", p.dependents());
            case Problem.Ambiguous p -> Map.of("candidates", p.qualified());
            case Problem.MethodNotAllowed p when !p.allowed().isEmpty() ->
                Map.of("allowed", p.allowed());
            case Problem.QuotaExceeded p ->
                Map.of("quota", p.quota(), "limit", p.limit(), "asked", p.asked());
            default -> Map.of();
        };
    }

    private static Map<String, String> fields(List<Mistake> mistakes) {
        return mistakes.stream().collect(Collectors.toMap(
                Mistake::field, Mistake::message, (one, other) -> one + "; " + other,
                LinkedHashMap::new));
    }
}
