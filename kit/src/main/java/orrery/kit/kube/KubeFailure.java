package orrery.kit.kube;

import java.io.IOException;
import java.time.Duration;
import orrery.kit.Problem;

/// A cluster did not do what we asked.
public final class KubeFailure extends RuntimeException {
    /// The status of a failure that is no answer: refused, cut off or too slow.
    public static final int NO_ANSWER = 0;

    private final int status;
    private final String reason;

    KubeFailure(int status, String reason, String message) {
        super(message, null, false, status == NO_ANSWER);
        this.status = status;
        this.reason = reason;
    }

    /// @param target its key; people know it by what stands before the connection's number
    static KubeFailure away(String target, String cause) {
        return new KubeFailure(NO_ANSWER, "Away",
                target.replaceFirst("#.*", "") + " does not answer: " + cause);
    }

    /// @param body what was answered: a Kubernetes `Status`, or anything else
    /// @param what what was asked, for an answer that does not say
    static KubeFailure answered(int status, byte[] body, String what) {
        var otherwise = what + " answered " + status;
        try {
            var answer = KubeClient.JSON.readTree(body);
            return new KubeFailure(status, answer.path("reason").asText(""),
                    answer.path("message").asText(otherwise));
        } catch (IOException noStatusObject) {
            return new KubeFailure(status, "", otherwise);
        }
    }

    /// Without the cause of an absence, which may be another with each try.
    public String inShort() {
        var message = String.valueOf(getMessage());
        int cause = status == NO_ANSWER ? message.indexOf(": ") : -1;
        return cause < 0 ? message : message.substring(0, cause);
    }

    /// HTTP status of the answer, or [#NO_ANSWER].
    public int status() {
        return status;
    }

    /// Kubernetes' machine-readable reason: `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, …
    public String reason() {
        return reason;
    }

    /// Whether nobody answered, or only somebody in front of the API server.
    public boolean isAway() {
        return status == NO_ANSWER || status == 502 || status == 503 || status == 504;
    }

    /// Whether asking once more later may help, without anybody changing anything.
    public boolean mayPass() {
        return isAway() || status == 429 || status >= 500 || isStale();
    }

    /// Whether the object changed since it was read.
    public boolean isStale() {
        return status == 409 && !reason.equals("AlreadyExists");
    }

    /// How a request that needed the cluster is refused.
    public Problem problem(String what) {
        return mayPass() ? new Problem.Unavailable(what, Duration.ofSeconds(5))
                : new Problem.Conflict(what, "", getMessage());
    }
}
