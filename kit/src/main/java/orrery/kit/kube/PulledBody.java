package orrery.kit.kube;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// An answer's body as a blocking stream. The next piece is asked for only when somebody reads, so
/// a cluster that sends without end fills the network's buffers and not ours.
final class PulledBody extends InputStream {
    /// What arrives: bytes, the end, or a failure.
    private record Piece(List<ByteBuffer> bytes, boolean end, @Nullable Throwable failure) {}

    private final LinkedBlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private final ArrayDeque<ByteBuffer> ready = new ArrayDeque<>();
    private final Duration silence;
    private final Runnable onClose;
    private volatile @Nullable AsyncBody body;
    private boolean ended;
    private boolean closed;

    /// @param silence how long nothing may arrive before the stream counts as broken
    /// @param onClose runs once
    PulledBody(Duration silence, Runnable onClose) {
        this.silence = silence;
        this.onClose = onClose;
    }

    /// The consumer half: called on the client's threads.
    void arrived(List<ByteBuffer> bytes) {
        pieces.add(new Piece(List.copyOf(bytes), false, null));
    }

    void start(AsyncBody started) {
        body = started;
        started.done().whenComplete((_, failure) ->
                pieces.add(new Piece(List.of(), true, failure)));
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        var buffer = ready.element();
        int count = Math.min(length, buffer.remaining());
        buffer.get(into, offset, count);
        return count;
    }

    private boolean fill() throws IOException {
        while (!ended) {
            if (closed) {
                throw new IOException("the stream was closed");
            }
            while (!ready.isEmpty() && !ready.element().hasRemaining()) {
                ready.remove();
            }
            if (!ready.isEmpty()) {
                return true;
            }
            take();
        }
        return false;
    }

    private void take() throws IOException {
        Objects.requireNonNull(body, "the stream was not started").consume();
        Piece piece;
        try {
            piece = pieces.poll(silence.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        if (piece == null) {
            throw new IOException("nothing arrived for " + silence.toSeconds() + " s");
        }
        if (piece.failure() != null) {
            throw new IOException(piece.failure());
        }
        ended = piece.end();
        ready.addAll(piece.bytes());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            var started = body;
            if (started != null) {
                started.cancel();
            }
            pieces.add(new Piece(List.of(), false, new IOException("the stream was closed")));
            onClose.run();
        }
    }
}
