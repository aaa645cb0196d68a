package orrery.sim.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import orrery.sim.api.PodStreams.PodRequest;
import orrery.sim.store.Item;
import orrery.sim.type.Refusal;

/// Answers one request for a container's log.
///
/// @param previous whether the log of the start before is meant
record LogAnswer(Kubelet kubelet, PodRequest request, JsonNode container, LogReader reader,
        boolean previous) {
    private static final long LOOK_NANOS = 200_000_000;

    /// Called on the event loop; the reading is done on a thread of its own.
    void start() {
        var status = PodPlan.status(request.pod(), name());
        boolean waiting = status.path("state").has("waiting") || status.isMissingNode();
        boolean ended = status.path("lastState").has("terminated");
        if (previous && !ended) {
            throw Refusal.badRequest("previous terminated container \"%s\" in pod \"%s\" not found"
                    .formatted(name(), request.pod().name()));
        }
        if (waiting && !ended) {
            throw Refusal.badRequest(
                    "container \"%s\" in pod \"%s\" is waiting to start: %s".formatted(name(),
                            request.pod().name(), status.path("state").path("waiting")
                                    .path("reason").asText("PodInitializing")));
        }
        int restarts = status.path("restartCount").asInt();
        int start = previous || waiting ? restarts - 1 : restarts;
        Thread.ofVirtual().name("log").start(() -> answer(start));
    }

    private String name() {
        return container.path("name").asText();
    }

    private void answer(int start) {
        var response = request.http().response();
        response.setChunked(true).putHeader("Content-Type", "text/plain");
        request.http().resume();
        var pod = request.pod();
        try {
            var home = kubelet.files().home(request.cluster(), pod.uid());
            var file = kubelet.files().log(home, pod, name(), start);
            if (Files.exists(file)) {
                copy(file, response);
            } else {
                standIn(response);
            }
            response.end();
        } catch (IOException gone) {
            System.getLogger(LogAnswer.class.getName()).log(System.Logger.Level.DEBUG,
                    "a log's reader left", gone);
        }
    }

    private void copy(Path file, HttpServerResponse response) throws IOException {
        var place = new LogReader.Place();
        while (!response.closed() && !reader.full(place)) {
            boolean more = reader.follow() && writes();
            var lines = reader.read(file, place);
            if (lines.length > 0) {
                send(response, lines);
            } else if (more) {
                LockSupport.parkNanos(LOOK_NANOS);
            } else {
                return;
            }
        }
    }

    /// Whether the container may still print.
    private boolean writes() {
        return kubelet.find(request.cluster(), request.pod())
                .map(run -> run.container(name()))
                .filter(run -> run.log != null && run.log.isOpen()).isPresent();
    }

    /// The log of a container without a process: one line that says so.
    private void standIn(HttpServerResponse response) throws IOException {
        var out = new ByteArrayOutputStream();
        if (reader.tail() != 0) {
            reader.add((began() + " " + sentence() + "\n").getBytes(StandardCharsets.UTF_8), out,
                    new LogReader.Place());
        }
        send(response, out.toByteArray());
        while (reader.follow() && !response.closed() && same()) {
            LockSupport.parkNanos(5 * LOOK_NANOS);
        }
    }

    /// Whether the pod is still what it was when its log was asked for.
    private boolean same() {
        var pod = request.pod();
        return request.cluster().get("pods", pod.namespace(), pod.name())
                .filter(now -> now.uid().equals(pod.uid()))
                .filter(now -> PodPlan.status(now, name()).path("state").has("running"))
                .isPresent();
    }

    private String began() {
        Item pod = request.pod();
        var state = PodPlan.status(pod, name()).path("state");
        var since = state.path("running").path("startedAt")
                .asText(state.path("terminated").path("startedAt").asText());
        return since.isEmpty() ? pod.tree().path("metadata").path("creationTimestamp").asText()
                : since;
    }

    private String sentence() {
        var image = container.path("image").asText();
        return "[simulated] " + switch (PodPlan.behaviour(request.pod(), container,
                kubelet.containers())) {
            case Behaviour.StandIn s -> image + " is a stand-in: no process runs here, and "
                    + kubelet.containers().forbidden().map(why -> "exec cannot enter it: " + why)
                            .orElse("a shell entered with exec is real");
            case Behaviour.Idle i -> image + " waits until it is stopped";
            case Behaviour.Echo e -> image + " answers each HTTP request with that request";
            case Behaviour.End end -> image + " ends with exit code " + end.code();
            case Behaviour.NotRun not -> image + ": the command `" + not.text() + "` was not run: "
                    + kubelet.containers().describe();
            case Behaviour.Run run -> image + ": the log of this start is gone";
        };
    }

    private static void send(HttpServerResponse response, byte[] bytes) throws IOException {
        Channels.await(response.write(Buffer.buffer(bytes)).toCompletionStage()
                .toCompletableFuture());
    }
}
