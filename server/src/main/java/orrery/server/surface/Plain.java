package orrery.server.surface;

import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.Sentences;
import orrery.kit.http.Answer;
import orrery.kit.http.Exchange;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Query;
import orrery.kit.http.Reply;
import orrery.kit.http.Surface;

/// Everything that is no API: the console's files, health, metrics, documents. Refusals are a line
/// of text.
public final class Plain implements Surface {
    @Override
    public String name() {
        return "plain";
    }

    @Override
    public boolean owns(String path) {
        return true;
    }

    @Override
    public Reply success(Exchange exchange, Answer<?> answer) {
        return new Reply(answer.status(), answer.headers(),
                answer.body() == null ? null : "application/json", answer.body());
    }

    @Override
    public Reply failure(Exchange exchange, Problem problem) {
        return Statuses.headers(
                Reply.text(Statuses.of(problem), Sentences.of(problem) + "\n"), problem);
    }

    @Override
    public PageAsk pageAsk(Query query) {
        return new PageAsk(100, null, 0L, List.of(), null);
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
        return Map.of();
    }

    @Override
    public boolean refusesUnknownFields() {
        return true;
    }

    @Override
    public Set<Carrier> carriers() {
        return Set.of(Carrier.BEARER, Carrier.COOKIE);
    }
}
