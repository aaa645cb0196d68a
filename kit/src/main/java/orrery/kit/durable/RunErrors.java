package orrery.kit.durable;

import java.util.Locale;
import orrery.kit.Problem;
import orrery.kit.Sentences;
import orrery.kit.kube.KubeFailure;
import org.jspecify.annotations.Nullable;

/// What a failed try means: whether another may help, and what people are told.
final class RunErrors {
    static final String DEADLINE = "DEADLINE_EXCEEDED";
    private static final int LONGEST = 1_000;

    private RunErrors() {}

    /// Whether trying again is pointless: a use case refused, and would refuse again.
    static boolean isFinal(Throwable failure) {
        return switch (failure) {
            case Problem.Failure refusal -> switch (refusal.problem()) {
                case Problem.Unavailable _, Problem.RateLimited _ -> false;
                default -> true;
            };
            case KubeFailure kube -> !kube.mayPass();
            default -> false;
        };
    }

    /// Whether nobody was there to do it: that is no try, however often it happens.
    static boolean isAway(Throwable failure) {
        return switch (failure) {
            case Problem.Failure refusal -> refusal.problem() instanceof Problem.Unavailable;
            case KubeFailure kube -> kube.isAway();
            default -> false;
        };
    }

    static Run.Error of(Throwable failure, @Nullable String step) {
        if (failure instanceof Problem.Failure refusal) {
            var name = refusal.problem().getClass().getSimpleName();
            var code = refusal.problem() instanceof Problem.Broken broken ? broken.code()
                    : name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
            return new Run.Error(code, shorten(Sentences.of(refusal.problem())), step);
        }
        var message = failure.getMessage();
        return new Run.Error("STEP_FAILED",
                shorten(message == null ? failure.getClass().getSimpleName() : message), step);
    }

    private static String shorten(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
