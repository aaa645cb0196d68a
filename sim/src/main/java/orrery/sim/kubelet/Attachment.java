package orrery.sim.kubelet;

import java.io.IOException;
import java.util.concurrent.Executor;
import orrery.sim.container.SandboxedProcess;

/// One client attached to a container's own process: it sees what is printed from now on, and
/// types into its input.
final class Attachment implements Channels.Receiver {
    /// For a container that has no process.
    static final Channels.Receiver NOTHING = new Channels.Receiver() {
        @Override
        public void data(int channel, byte[] bytes) {}

        @Override
        public void finished(int channel) {}

        @Override
        public void gone() {}
    };

    private final Channels channels;
    private final Executor threads;
    private final ContainerLog log;
    private final SandboxedProcess process;
    private final ContainerLog.Listener listener = this::hear;

    Attachment(Channels channels, ContainerRun run, Executor threads) {
        this.channels = channels;
        this.threads = threads;
        this.log = run.log;
        this.process = ((ContainerRun.State.Running) run.state).process();
    }

    Attachment start() {
        log.attach(listener);
        process.exit().thenAcceptAsync(code -> {
            log.finished();
            ExecSession.finish(channels, code);
        }, threads);
        return this;
    }

    private boolean hear(byte[] bytes, int length) {
        try {
            channels.send(Channels.OUTPUT, bytes, length);
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public void data(int channel, byte[] bytes) throws IOException {
        if (channel == Channels.INPUT) {
            process.input().write(bytes);
            process.input().flush();
        } else if (channel == Channels.RESIZE) {
            ExecSession.resize(process, bytes);
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
        log.detach(listener);
    }
}
