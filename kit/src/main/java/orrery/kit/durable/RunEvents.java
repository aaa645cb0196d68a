package orrery.kit.durable;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The events that runs leave in the log, ready for the engine's own statements.
final class RunEvents {
    private RunEvents() {}

    /// @param data JSON
    record Entry(String type, String data) {}

    static Entry status(RunRow run, Status status, Run.@Nullable Error error) {
        var data = about(run).put("status", status.text());
        if (error != null) {
            data.putObject("error").put("code", error.code()).put("message", error.message())
                    .put("step", error.step());
        }
        var type = switch (status) {
            case PENDING -> "run.created";
            case RUNNING -> "run.started";
            case COMPLETED -> "run.completed";
            case FAILED -> "run.failed";
            case CANCELLED -> "run.cancelled";
            case ATTENTION -> "run.attention";
        };
        return new Entry(type, data.toString());
    }

    static Entry step(RunRow run, String name, RunStep.State state, Duration took) {
        var data = about(run);
        data.putObject("step").put("name", name)
                .put("status", state.name().toLowerCase(Locale.ROOT))
                .put("durationMs", took.toMillis());
        return new Entry("run.step", data.toString());
    }

    static Entry progress(RunRow run, String text) {
        return new Entry("run.progress", about(run).put("progress", text).toString());
    }

    private static ObjectNode about(RunRow run) {
        var data = JsonNodeFactory.instance.objectNode();
        data.put("type", run.saga()).put("attempt", run.attempt());
        var subject = run.subject();
        if (subject != null) {
            data.putObject("resource").put("kind", subject.kind()).put("id", subject.id());
        }
        return data;
    }
}
