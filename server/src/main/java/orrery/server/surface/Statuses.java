package orrery.server.surface;

import java.time.Duration;
import orrery.kit.Problem;
import orrery.kit.http.Reply;

/// The HTTP status of each problem, and the headers that HTTP itself wants beside it. Surfaces
/// agree on them; one that differs says so itself.
final class Statuses {
    private Statuses() {}

    static int of(Problem problem) {
        return switch (problem) {
            case Problem.Malformed _, Problem.Invalid _, Problem.BadQuery _ -> 400;
            case Problem.Unauthenticated _ -> 401;
            case Problem.TokenRefused p ->
                p.error() == Problem.TokenRefused.Error.INVALID_CLIENT ? 401 : 400;
            case Problem.Forbidden _, Problem.Refused _, Problem.QuotaExceeded _ -> 403;
            case Problem.NotFound _, Problem.NoSuchRoute _ -> 404;
            case Problem.MethodNotAllowed _ -> 405;
            case Problem.NotAcceptable _ -> 406;
            case Problem.AlreadyExists _, Problem.Conflict _, Problem.InUse _,
                    Problem.IllegalTransition _, Problem.UpgradeNotAllowed _,
                    Problem.Ambiguous _,
                    Problem.IdempotencyInProgress _, Problem.TooManyCredentials _,
                    Problem.PoolExhausted _ -> 409;
            case Problem.PreconditionFailed _ -> 412;
            case Problem.HeadTooLarge p -> switch (p.part()) {
                case ADDRESS -> 414;
                case HEADERS -> 431;
            };
            case Problem.PayloadTooLarge _ -> 413;
            case Problem.UnsupportedMediaType _ -> 415;
            case Problem.Misdirected _ -> 421;
            case Problem.Unprocessable _, Problem.IdempotencyKeyReused _ -> 422;
            case Problem.RateLimited _ -> 429;
            case Problem.Broken _, Problem.Internal _ -> 500;
            case Problem.Unavailable _ -> 503;
        };
    }

    /// `reply` with the headers of RFC 9110 and RFC 6750 that belong to a refusal.
    static Reply headers(Reply reply, Problem problem) {
        return switch (problem) {
            case Problem.Unauthenticated p -> reply.with("WWW-Authenticate",
                    p.credential() == Problem.Unauthenticated.Credential.MISSING
                            ? "Bearer" : "Bearer error=\"invalid_token\"");
            case Problem.TokenRefused p
                    when p.error() == Problem.TokenRefused.Error.INVALID_CLIENT ->
                reply.with("WWW-Authenticate", "Basic realm=\"orrery\"");
            case Problem.MethodNotAllowed p when !p.allowed().isEmpty() ->
                reply.with("Allow", String.join(", ", p.allowed()));
            case Problem.RateLimited p -> retry(reply, p.retryAfter());
            case Problem.Unavailable p -> retry(reply, p.retryAfter());
            case Problem.IdempotencyInProgress _ -> retry(reply, Duration.ofSeconds(1));
            default -> reply;
        };
    }

    private static Reply retry(Reply reply, Duration after) {
        return reply.with("Retry-After", Long.toString(Math.max(1, after.toSeconds())));
    }
}
