package orrery.kit;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import orrery.kit.Problem.Mistake;

/// One helpful sentence for each problem, shared by all surfaces and by runs: what is refused, why,
/// and where there is a way out, the way.
public final class Sentences {
    private Sentences() {}

    public static String of(Problem problem) {
        return switch (problem) {
            case Problem.Malformed p -> "The " + p.what() + " cannot be read: " + p.cause();
            case Problem.Invalid p -> mistakes(p.mistakes());
            case Problem.BadQuery p -> p.cause() + allowed(p.allowed());
            case Problem.Unauthenticated p -> "Not signed in: " + p.cause();
            case Problem.TokenRefused p -> "No token: " + p.cause();
            case Problem.Forbidden p ->
                "The permission " + p.needed() + " is missing in " + p.where();
            case Problem.Refused p -> "No " + p.what() + ": " + p.cause();
            case Problem.QuotaExceeded p -> "The quota " + p.quota() + " allows " + p.limit()
                    + ", and this would make it " + p.asked();
            case Problem.TooManyCredentials p -> "The " + p.of() + " has " + p.limit()
                    + " credentials that count, which is the limit; delete one first";
            case Problem.NotFound p -> "There is no " + p.kind() + " " + p.id();
            case Problem.NoSuchRoute p -> "There is nothing at " + p.path();
            case Problem.MethodNotAllowed p -> p.method() + " is not offered here"
                    + (p.allowed().isEmpty() ? "" : "; use " + String.join(", ", p.allowed()));
            case Problem.NotAcceptable p ->
                "The answer comes as " + p.offered() + ", and " + p.accepted() + " was asked for";
            case Problem.AlreadyExists p ->
                "There is already a " + p.kind() + " named " + p.name();
            case Problem.Conflict p -> "The " + p.kind() + " " + p.id() + " " + p.cause();
            case Problem.Broken p -> "The " + p.kind() + " " + p.id() + ": " + p.cause();
            case Problem.InUse p -> "The " + p.kind() + " " + p.id() + " is still used by "
                    + String.join(", ", p.dependents());
            case Problem.PoolExhausted p -> "The " + p.pool() + " has no " + p.what()
                    + " left; release some, or take from another";
            case Problem.IllegalTransition p -> "The " + p.kind() + " " + p.id() + " is "
                    + p.state() + " and cannot " + p.action() + " now";
            case Problem.UpgradeNotAllowed p -> "The " + p.kind() + " " + p.id()
                    + " cannot be brought to " + p.asked() + (p.allowed().isEmpty()
                            ? "; there is no upgrade for it" : allowed(p.allowed()));
            case Problem.Ambiguous p -> "The name " + p.name() + " means more than one "
                    + p.kind() + "; say which: " + String.join(", ", p.qualified());
            case Problem.IdempotencyInProgress p ->
                "The request with the Idempotency-Key " + p.key() + " is still being worked on";
            case Problem.PreconditionFailed p -> "The " + p.kind() + " " + p.id()
                    + " has changed: version " + p.expected() + " was expected, it is "
                    + p.actual() + "; read it again";
            case Problem.HeadTooLarge p -> "The " + p.part().name().toLowerCase(Locale.ROOT)
                    + " may have at most " + size(p.limitBytes());
            case Problem.PayloadTooLarge p ->
                "The body is too large: at most " + size(p.limitBytes()) + " are read here";
            case Problem.UnsupportedMediaType p ->
                "The body must be " + p.wanted() + ", not " + p.given();
            case Problem.Misdirected p -> "This server does not answer for " + p.host()
                    + "; if it should, set ORRERY_PUBLIC_URL";
            case Problem.Unprocessable p -> mistakes(p.mistakes());
            case Problem.IdempotencyKeyReused p -> "The Idempotency-Key " + p.key()
                    + " was used before with another request; make a new one";
            case Problem.RateLimited p ->
                "Too many requests; try again in " + seconds(p.retryAfter());
            case Problem.Internal _ -> "Something went wrong on our side; the request id helps"
                    + " to find out what";
            case Problem.Unavailable p -> "No answer from " + p.what() + "; try again in "
                    + seconds(p.retryAfter());
        };
    }

    private static String mistakes(List<Mistake> mistakes) {
        return mistakes.stream()
                .map(m -> m.field() + " " + m.message())
                .collect(Collectors.joining("; "));
    }

    private static String allowed(List<String> allowed) {
        return allowed.isEmpty() ? "" : "; possible: " + String.join(", ", allowed);
    }

    private static String size(long bytes) {
        return bytes % (1 << 20) == 0 ? (bytes >> 20) + " MiB"
                : bytes % (1 << 10) == 0 ? (bytes >> 10) + " KiB" : bytes + " bytes";
    }

    private static String seconds(Duration time) {
        var seconds = Math.max(1, time.toSeconds());
        return seconds == 1 ? "1 second" : seconds + " seconds";
    }
}
