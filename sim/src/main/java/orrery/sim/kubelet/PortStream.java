package orrery.sim.kubelet;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// One forwarded connection: hands what the client sends to its peer, in order, and never on the
/// thread that calls.
final class PortStream {
    private final PortPeer peer;
    private final Executor threads;
    private CompletableFuture<Void> last;

    private interface Step {
        void run() throws IOException;
    }

    /// Opens the connection.
    PortStream(PortPeer peer, Executor threads) {
        this.peer = peer;
        this.threads = threads;
        this.last = CompletableFuture.runAsync(() -> run(peer::open), threads);
    }

    /// @return completes when the peer has taken them
    CompletableFuture<Void> take(byte[] bytes) {
        return then(() -> peer.take(bytes));
    }

    void finished() {
        then(peer::finished);
    }

    void gone() {
        peer.gone();
    }

    private synchronized CompletableFuture<Void> then(Step step) {
        last = last.thenRunAsync(() -> run(step), threads);
        return last;
    }

    private void run(Step step) {
        try {
            step.run();
        } catch (IOException broken) {
            System.getLogger(PortStream.class.getName()).log(System.Logger.Level.DEBUG,
                    "a forwarded connection broke", broken);
            peer.gone();
        }
    }
}
