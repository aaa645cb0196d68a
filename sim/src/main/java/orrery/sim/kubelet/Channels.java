package orrery.sim.kubelet;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The channels of one WebSocket, as Kubernetes multiplexes them (`v4.channel.k8s.io`, and
/// `v5.channel.k8s.io`, which can also close one): the first byte of a message names its channel.
///
/// Nothing piles up on either side: sending waits until the bytes are with the operating system,
/// and the next message is asked for only when the last one has been dealt with.
final class Channels {
    static final int INPUT = 0;
    static final int OUTPUT = 1;
    static final int ERRORS = 2;
    static final int STATUS = 3;
    static final int RESIZE = 4;
    private static final int CLOSE = 255;
    private static final int STALLED_SECONDS = 600;

    private final ServerWebSocket socket;
    private final Executor threads;
    private int channel;

    /// What one end does with what arrives; never two calls at a time.
    interface Receiver {
        void data(int channel, byte[] bytes) throws IOException;

        /// The other side sends nothing more on this channel.
        void finished(int channel) throws IOException;

        /// The connection is gone.
        void gone();
    }

    Channels(ServerWebSocket socket, Executor threads) {
        this.socket = socket;
        this.threads = threads;
    }

    /// Begins to receive. Called on the socket's event loop.
    void receive(Receiver receiver) {
        socket.pause();
        socket.frameHandler(frame -> threads.execute(() -> {
            try {
                take(frame, receiver);
            } catch (IOException closed) {
                // The process no longer reads its input: what still comes is dropped.
                System.getLogger(Channels.class.getName()).log(System.Logger.Level.DEBUG,
                        "input dropped", closed);
            }
            socket.fetch(1);
        }));
        socket.exceptionHandler(broken -> socket.close());
        socket.closeHandler(gone -> threads.execute(receiver::gone));
        socket.fetch(1);
    }

    private void take(WebSocketFrame frame, Receiver receiver) throws IOException {
        if (!frame.isBinary() && !frame.isText() && !frame.isContinuation()) {
            return;
        }
        var bytes = frame.binaryData().getBytes();
        int from = 0;
        if (!frame.isContinuation()) {
            if (bytes.length == 0) {
                return;
            }
            channel = bytes[0] & 255;
            from = 1;
        }
        if (channel == CLOSE && bytes.length > from) {
            receiver.finished(bytes[from] & 255);
        } else if (bytes.length > from) {
            receiver.data(channel, Arrays.copyOfRange(bytes, from, bytes.length));
        }
    }

    /// Sends bytes and waits until they are on their way. Not to be called on an event loop.
    ///
    /// @throws IOException when the connection is gone or the other side has stopped reading
    void send(int to, byte[] bytes, int length) throws IOException {
        var message = Buffer.buffer(length + 1).appendByte((byte) to).appendBytes(bytes, 0, length);
        await(socket.writeBinaryMessage(message).toCompletionStage().toCompletableFuture());
    }

    void close() {
        socket.close((short) 1000);
    }

    static void await(CompletableFuture<?> write) throws IOException {
        try {
            write.get(STALLED_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        } catch (ExecutionException | TimeoutException gone) {
            throw new IOException("the client is gone", gone);
        }
    }
}
