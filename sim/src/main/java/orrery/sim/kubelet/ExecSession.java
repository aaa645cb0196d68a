package orrery.sim.kubelet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import orrery.sim.container.Command.Terminal;
import orrery.sim.container.SandboxedProcess;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// Carries one process's streams over a WebSocket's channels, both ways, byte for byte.
final class ExecSession implements Channels.Receiver {
    private static final int CHUNK = 32 << 10;

    private final Channels channels;
    private final SandboxedProcess process;
    private final Executor threads;

    ExecSession(Channels channels, SandboxedProcess process, Executor threads) {
        this.channels = channels;
        this.process = process;
        this.threads = threads;
    }

    /// Starts to carry what the process prints, and ends the session when it ends.
    void start() {
        threads.execute(() -> {
            var errors = new Thread(() -> copy(process.errors(), Channels.ERRORS), "exec-errors");
            errors.setDaemon(true);
            errors.start();
            copy(process.output(), Channels.OUTPUT);
            try {
                errors.join();
                finish(channels, process.exit().join());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void copy(InputStream from, int channel) {
        var buffer = new byte[CHUNK];
        try (from) {
            for (int n; (n = from.read(buffer)) >= 0;) {
                if (n > 0) {
                    channels.send(channel, buffer, n);
                }
            }
        } catch (IOException gone) {
            // The client left (the process is then killed) or a terminal was closed: both end it.
            System.getLogger(ExecSession.class.getName()).log(System.Logger.Level.DEBUG,
                    "a stream ended", gone);
        }
    }

    @Override
    public void data(int channel, byte[] bytes) throws IOException {
        switch (channel) {
            case Channels.INPUT -> {
                process.input().write(bytes);
                process.input().flush();
            }
            case Channels.RESIZE -> resize(process, bytes);
            default -> { }
        }
    }

    static void resize(SandboxedProcess process, byte[] bytes) {
        try {
            var size = Json.read(bytes);
            process.resize(new Terminal(size.path("Width").asInt(), size.path("Height").asInt()));
        } catch (Refusal | IllegalArgumentException nonsense) {
            System.getLogger(ExecSession.class.getName()).log(System.Logger.Level.DEBUG,
                    "a resize message that is none", nonsense);
        }
    }

    @Override
    public void finished(int channel) throws IOException {
        if (channel == Channels.INPUT) {
            process.input().close();
        }
    }

    @Override
    public void gone() {
        process.kill();
    }

    /// Sends the last word: success, or the exit code as kubectl reads it.
    static void finish(Channels channels, int code) {
        var status = Json.object();
        status.putObject("metadata");
        if (code == 0) {
            status.put("status", "Success");
        } else {
            status.put("status", "Failure").put("reason", "NonZeroExitCode").put("message",
                    "command terminated with non-zero exit code: exit status " + code);
            status.putObject("details").putArray("causes").addObject()
                    .put("reason", "ExitCode").put("message", Integer.toString(code));
        }
        say(channels, status.toString());
    }

    /// Ends a session that could not start.
    static void fail(Channels channels, String message) {
        var status = Json.object();
        status.putObject("metadata");
        status.put("status", "Failure").put("reason", "InternalError").put("message", message)
                .put("code", 500);
        say(channels, status.toString());
    }

    private static void say(Channels channels, String status) {
        var bytes = status.getBytes(StandardCharsets.UTF_8);
        try {
            channels.send(Channels.STATUS, bytes, bytes.length);
        } catch (IOException gone) {
            System.getLogger(ExecSession.class.getName()).log(System.Logger.Level.DEBUG,
                    "nobody heard the end", gone);
        }
        channels.close();
    }
}
