package orrery.server.surface;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
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

/// `/.well-known/…` and `/oauth2/…`: what stock OAuth and OpenID Connect clients speak, with the
/// errors of RFC 6749 5.2.
public final class OAuth implements Surface {

    record Failure(String error, @JsonProperty("error_description") String description) {}

    @Override
    public String name() {
        return "oauth";
    }

    @Override
    public boolean owns(String path) {
        return Cloud.isBelow(path, "/.well-known") || Cloud.isBelow(path, "/oauth2");
    }

    @Override
    public Reply success(Exchange exchange, Answer<?> answer) {
        return new Reply(answer.status(), answer.headers(),
                answer.body() == null ? null : "application/json", answer.body());
    }

    @Override
    public Reply failure(Exchange exchange, Problem problem) {
        return failure(problem).with("Cache-Control", "no-store");
    }

    /// The refusal alone, for the token routes of other families, which answer a form in this
    /// format too.
    public static Reply failure(Problem problem) {
        return Statuses.headers(Reply.json(Statuses.of(problem),
                new Failure(code(problem), Sentences.of(problem))), problem);
    }

    /// As [#failure(Problem)], for a handler that answers a form.
    public static Answer<?> refusal(Problem problem) {
        var answer = Answer.bare(new Failure(code(problem), Sentences.of(problem)))
                .status(Statuses.of(problem)).header("Cache-Control", "no-store");
        failure(problem).headers().forEach(answer::header);
        return answer;
    }

    private static String code(Problem problem) {
        return switch (problem) {
            case Problem.TokenRefused p -> p.error().name().toLowerCase(Locale.ROOT);
            case Problem.Unauthenticated _ -> "invalid_client";
            case Problem.Forbidden _, Problem.Refused _, Problem.QuotaExceeded _ ->
                "access_denied";
            case Problem.Broken _, Problem.Internal _ -> "server_error";
            case Problem.Unavailable _, Problem.RateLimited _ -> "temporarily_unavailable";
            default -> "invalid_request";
        };
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
        return Shapes.object("error", Shapes.TEXT, "error_description", Shapes.TEXT);
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
