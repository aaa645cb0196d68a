package orrery.server.surface;

import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.Sentences;
import orrery.kit.http.Answer;
import orrery.kit.http.Exchange;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Query;
import orrery.kit.http.Reply;
import orrery.kit.http.Surface;

/// `/api/v1/…`: bare bodies and lists, `{"status": code, "msg": text}`; cookie or bearer.
public final class Workspace implements Surface {
    /// This family's lists have no pages: they come whole, up to this many.
    private static final int WHOLE = 1_000;

    record Failure(int status, String msg) {}

    @Override
    public String name() {
        return "workspace";
    }

    @Override
    public boolean owns(String path) {
        return Cloud.isBelow(path, "/api/v1");
    }

    @Override
    public Reply success(Exchange exchange, Answer<?> answer) {
        var body = answer.body();
        if (body == null) {
            return new Reply(answer.status(), answer.headers(), null, null);
        }
        return new Reply(answer.status(), answer.headers(), "application/json",
                body instanceof Page<?> page ? page.items() : body);
    }

    @Override
    public Reply failure(Exchange exchange, Problem problem) {
        var status = Statuses.of(problem);
        return Statuses.headers(
                Reply.json(status, new Failure(status, text(problem))), problem);
    }

    private static String text(Problem problem) {
        return switch (problem) {
            case Problem.Unauthenticated _ -> "Unauthorized";
            case Problem.Forbidden _ -> "Forbidden";
            default -> Sentences.of(problem);
        };
    }

    @Override
    public PageAsk pageAsk(Query query) {
        return new PageAsk(WHOLE, null, 0L, List.of(), null);
    }

    @Override
    public Map<String, String> pageParameters() {
        return Map.of();
    }

    @Override
    public Map<String, Object> successSchema(Map<String, Object> shown, boolean isPage) {
        return shown;
    }

    @Override
    public Map<String, Object> failureSchema() {
        return Shapes.object("status", Shapes.NUMBER, "msg", Shapes.TEXT);
    }

    @Override
    public boolean refusesUnknownFields() {
        return false;
    }

    @Override
    public Set<Carrier> carriers() {
        return Set.of(Carrier.BEARER, Carrier.COOKIE);
    }
}
