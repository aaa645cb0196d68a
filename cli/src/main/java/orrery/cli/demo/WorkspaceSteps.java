package orrery.cli.demo;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import orrery.cli.EventStream;
import orrery.cli.Patience;
import orrery.cli.Refused;

/// Step 8, on the workspace surface: a place to work in, a real shell, a file.
final class WorkspaceSteps {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    /// How the simulated region begins to say why, and which command allows it.
    private static final String FORBIDDEN = "this host forbids sandboxes";
    private static final Duration SHELL = Duration.ofSeconds(90);

    private final Visit visit;
    private final Patience patience;

    WorkspaceSteps(Visit visit, Patience patience) {
        this.visit = visit;
        this.patience = patience;
    }

    /// What a command prints comes back through the WebSocket, a file byte for byte.
    String typeAndTransfer() {
        try {
            var workspace = create();
            var path = "/api/v1/workspaces/" + workspace;
            var printed = type(path);
            int size = transfer(path + "/files?path=journey.bin");
            return "%s ready; its shell printed %s; %d bytes up and down the same"
                    .formatted(workspace, printed, size);
        } catch (Refused refused) {
            var cause = refused.getMessage();
            if (cause.contains(FORBIDDEN)) {
                return "skipped, nothing can run in a pod here:\n"
                        + cause.substring(cause.indexOf(FORBIDDEN)).replace(". ", ".\n");
            }
            throw refused;
        }
    }

    private String create() {
        var username = visit.api().get("/api/v1/me/profile").need("/username");
        var created = visit.api().post("/api/v1/workspaces", Map.of(
                "username", username, "cluster", visit.clusterName()));
        var workspace = created.need("/workspace");
        visit.undo.later("workspace " + workspace, () -> remove(workspace));
        awaitReady(created.need("/monitorUrl"));
        return workspace;
    }

    /// Until the job says 100 %; its last status says whether that is good.
    private void awaitReady(String monitor) {
        var last = new String[] {"", ""};
        new EventStream(visit.api(), monitor).follow(LIMIT, () -> "the job is at " + last[0],
                event -> {
                    var json = event.json();
                    if (json.path("type").asText().equals("status")) {
                        last[0] = json.path("status").asText();
                        last[1] = json.path("message").asText();
                    }
                    if (last[0].equals("Error") || last[0].equals("Failing")) {
                        throw new Refused("the workspace is " + last[0] + ": " + last[1]);
                    }
                    return json.path("type").asText().equals("progress")
                            && json.path("status").asText().equals("100");
                });
    }

    /// The shell computes the answer, so an echo of what we typed is not taken for it.
    private String type(String path) {
        var begin = patience.millis();
        while (true) {
            try (var shell = Shell.open(visit.api(), path + "/interactive")) {
                return shell.ask("echo orrery-$((6 * 7))-" + visit.name,
                        "orrery-42-" + visit.name);
            } catch (Shell.Lost lost) {
                // A server that was killed takes its sockets along; the shell lives on.
                if (lost.getMessage().contains(FORBIDDEN)
                        || patience.millis() - begin > SHELL.toMillis()) {
                    throw new Refused(lost.getMessage());
                }
            }
        }
    }

    private int transfer(String path) {
        var bytes = new byte[256 * 1024];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + i / 256);
        }
        visit.api().upload("PUT", path, "application/octet-stream", bytes);
        var back = visit.api().get(path);
        if (!Arrays.equals(bytes, back.bytes())) {
            throw new Refused("a file of %d bytes came back as %d other bytes: %s…".formatted(
                    bytes.length, back.bytes().length, new String(back.bytes(), 0,
                            Math.min(80, back.bytes().length), StandardCharsets.UTF_8)));
        }
        return bytes.length;
    }

    private void remove(String workspace) {
        var path = "/api/v1/workspaces/" + workspace;
        // A run that could not start it may still be taking back what it made.
        patience.until(LIMIT, () -> "workspace " + workspace + " was never free", () -> {
            var answer = visit.api().tryDelete(path + "?delete=true");
            if (answer.status() == 409) {
                return false;
            }
            answer.orRefuse();
            return true;
        });
        patience.until(LIMIT, () -> "workspace " + workspace + " was not removed",
                () -> visit.api().ask(path).status() == 404);
    }
}
