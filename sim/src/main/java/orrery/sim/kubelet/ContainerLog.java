package orrery.sim.kubelet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The log file of one start of a container: one line of output per line, each with the time in
/// front (RFC 3339 with nanoseconds), as container runtimes keep them.
final class ContainerLog {
    /// A log stops growing here; the last line says so.
    static final long MAX_BYTES = 16L << 20;

    private static final int MAX_LINE = 16 << 10;

    private static final long DRAIN_NANOS = 3_000_000_000L;

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Path file;
    private final OutputStream out;
    private final Clock clock;
    private long size;
    private volatile boolean open = true;

    /// Somebody attached to the process.
    interface Listener {
        /// @return whether it wants to hear more
        boolean hear(byte[] bytes, int length);
    }

    ContainerLog(Path file, Clock clock) throws IOException {
        this.file = file;
        this.out = Files.newOutputStream(file);
        this.clock = clock;
    }

    /// Whether more may come.
    boolean isOpen() {
        return open;
    }

    /// Copies a process's output until it ends; run by one thread per stream.
    void copy(InputStream from) throws IOException {
        var line = new byte[MAX_LINE];
        int used = 0;
        var buffer = new byte[8192];
        for (int n; (n = from.read(buffer)) >= 0;) {
            int length = n;
            listeners.removeIf(listener -> !listener.hear(buffer, length));
            for (int i = 0; i < n; i++) {
                if (buffer[i] == '\n' || used == MAX_LINE) {
                    write(line, used);
                    used = 0;
                }
                if (buffer[i] != '\n') {
                    line[used++] = buffer[i];
                }
            }
        }
        if (used > 0) {
            write(line, used);
        }
    }

    /// Lets a listener hear what is printed from now on.
    void attach(Listener listener) {
        listeners.add(listener);
    }

    void detach(Listener listener) {
        listeners.remove(listener);
    }

    /// Waits, for a moment at most, until all that a process printed has been copied.
    synchronized void finished() {
        long end = System.nanoTime() + DRAIN_NANOS;
        try {
            for (long left = DRAIN_NANOS; open && left > 0; left = end - System.nanoTime()) {
                wait(Math.max(1, left / 1_000_000));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized void close() {
        open = false;
        notifyAll();
        try {
            out.close();
        } catch (IOException full) {
            System.getLogger(ContainerLog.class.getName()).log(System.Logger.Level.WARNING,
                    "cannot close " + file, full);
        }
    }

    private synchronized void write(byte[] line, int length) throws IOException {
        if (size > MAX_BYTES || !open) {
            return;
        }
        var text = new ByteArrayOutputStream(length + 40);
        text.writeBytes((clock.instant() + " ").getBytes(StandardCharsets.US_ASCII));
        text.write(line, 0, length);
        text.write('\n');
        size += text.size();
        if (size > MAX_BYTES) {
            text.writeBytes((clock.instant() + " [simulated] the log is full\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }
        // One write a line, so that a reader of the file never sees half of one.
        text.writeTo(out);
    }
}
