package orrery.sim.kubelet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/// The log file of one start of a container: one line of output per line, each with the time in
/// front (RFC 3339 with nanoseconds), as container runtimes keep them.
final class ContainerLog {
    /// A log stops growing here; the last line says so.
    static final long MAX_BYTES = 16L << 20;

    private static final int MAX_LINE = 16 << 10;

    private final Path file;
    private final OutputStream out;
    private final Clock clock;
    private long size;
    private volatile boolean open = true;

    ContainerLog(Path file, Clock clock) throws IOException {
        this.file = file;
        this.out = Files.newOutputStream(file);
        this.clock = clock;
    }

    Path file() {
        return file;
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

    void line(String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        write(bytes, bytes.length);
    }

    synchronized void close() {
        open = false;
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
