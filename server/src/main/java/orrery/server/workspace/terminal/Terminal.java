package orrery.server.workspace.terminal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import orrery.kit.kube.KubeExec;

/// One person's terminal: the shell's output becomes frames, the person's frames become input.
///
/// Output is sent one frame at a time, and the next is read only when the last was taken, so that
/// a slow browser slows the shell instead of filling our memory.
final class Terminal implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;
    private static final int LARGEST = 1_000;

    private final KubeExec shell;
    private final Explorer explorer;
    private final Consumer<Frame> send;

    /// @param send blocks until the frame is on its way; throws when the person is gone
    Terminal(KubeExec shell, Explorer explorer, Consumer<Frame> send) {
        this.shell = shell;
        this.explorer = explorer;
        this.send = send;
    }

    /// Sends what the shell prints until it ends; meant for a thread of its own.
    ///
    /// @return the shell's exit code; negative when it was cut off
    int pump() {
        var splitter = new Utf8Splitter();
        var buffer = new byte[BUFFER];
        try (var output = shell.output()) {
            for (int read = output.read(buffer); read >= 0; read = output.read(buffer)) {
                var text = splitter.text(buffer, read);
                if (!text.isEmpty()) {
                    send.accept(new Frame.Output(text));
                }
            }
        } catch (IOException e) {
            return -1;
        }
        return shell.exit().getNow(-1);
    }

    /// Does what a frame of the person asks for.
    void take(Frame frame) {
        switch (frame) {
            case Frame.Ping _ -> send.accept(new Frame.Pong());
            case Frame.Input input -> type(input.data());
            case Frame.Resize size ->
                    shell.resize(within(size.cols()), within(size.rows()));
            case Frame.Explore explore ->
                    send.accept(new Frame.Reply(explore.id(), explorer.answer(explore.command())));
            case Frame.Pong _, Frame.Output _, Frame.Reply _, Frame.Failed _ ->
                    throw new IllegalArgumentException("only a server sends " + frame);
        }
    }

    private void type(String data) {
        try {
            shell.input().write(data.getBytes(StandardCharsets.UTF_8));
            shell.input().flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the shell reads no more", e);
        }
    }

    private static int within(int size) {
        return Math.clamp(size, 1, LARGEST);
    }

    @Override
    public void close() {
        shell.close();
    }
}
