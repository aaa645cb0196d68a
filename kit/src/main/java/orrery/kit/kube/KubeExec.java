package orrery.kit.kube;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ContainerResource;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// A program that runs in a container, and its streams.
public final class KubeExec implements AutoCloseable {
    private final ExecWatch watch;
    private final Runnable leave;
    private final AtomicBoolean closed = new AtomicBoolean();

    private KubeExec(ExecWatch watch, Runnable leave) {
        this.watch = watch;
        this.leave = leave;
    }

    static KubeExec start(
            KubeClient client, String namespace, String pod, KubeView.ExecAsk ask) {
        client.enter(client.streams());
        try {
            var found = client.sockets().pods().inNamespace(namespace).withName(pod)
                    .withReadyWaitTimeout(0);
            var container = ask.container() == null ? found
                    : client.sockets().pods().inNamespace(namespace).withName(pod)
                            .inContainer(ask.container()).withReadyWaitTimeout(0);
            return new KubeExec(run(container, ask), client.streams()::release);
        } catch (KubernetesClientException refused) {
            client.streams().release();
            throw failure(refused, "exec in " + namespace + "/" + pod + " on " + client.name());
        } catch (RuntimeException failure) {
            client.streams().release();
            throw failure;
        }
    }

    /// Tells the API server's own words. The client library drops those that refuse a WebSocket;
    /// the JDK's exception below it still has them.
    private static KubeFailure failure(KubernetesClientException refused, String what) {
        for (Throwable at = refused; at != null; at = at.getCause()) {
            if (at instanceof WebSocketHandshakeException handshake
                    && handshake.getResponse() != null) {
                var answer = handshake.getResponse();
                return KubeFailure.answered(answer.statusCode(),
                        String.valueOf(answer.body()).getBytes(StandardCharsets.UTF_8), what);
            }
        }
        return new KubeFailure(refused.getCode(), String.valueOf(refused.getMessage()),
                what + ": " + refused.getMessage());
    }

    private static ExecWatch run(ContainerResource container, KubeView.ExecAsk ask) {
        var command = ask.command().toArray(String[]::new);
        if (ask.tty()) {
            return ask.stdin()
                    ? container.redirectingInput().redirectingOutput().withTTY().exec(command)
                    : container.redirectingOutput().withTTY().exec(command);
        }
        return ask.stdin()
                ? container.redirectingInput().redirectingOutput().redirectingError().exec(command)
                : container.redirectingOutput().redirectingError().exec(command);
    }

    /// What the program reads; closing it ends its input.
    public OutputStream input() {
        return watch.getInput();
    }

    /// What the program writes. With a terminal, its errors too.
    public InputStream output() {
        return watch.getOutput();
    }

    /// What the program writes to its error stream; there is none with a terminal.
    public InputStream error() {
        return watch.getError() == null ? InputStream.nullInputStream() : watch.getError();
    }

    /// Completes with the program's exit code.
    public CompletableFuture<Integer> exit() {
        return watch.exitCode();
    }

    /// Tells the terminal its size, in characters.
    public void resize(int columns, int rows) {
        watch.resize(columns, rows);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                watch.close();
            } finally {
                leave.run();
            }
        }
    }
}
