package orrery.sim.kubelet;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/// A Unix socket that the pods of one cluster connect to; each connection is carried on to one
/// outside.
final class Door implements AutoCloseable {
    /// Connections at a time; more are closed at once.
    private static final int MOST = 64;
    /// Between two tries when this process has no descriptor left.
    private static final long PAUSE_NANOS = 100_000_000;
    private static final int BUFFER_BYTES = 16 << 10;
    private static final System.Logger LOG = System.getLogger(Door.class.getName());

    private final Path path;
    private final Way way;
    private final ServerSocketChannel channel;

    /// Where the connections lead.
    interface Way {
        /// Opens the outer half of a connection.
        ///
        /// @throws IOException when nobody is there
        SocketChannel open() throws IOException;

        /// It was closed.
        void closed(SocketChannel outside);
    }

    /// @param path of the socket, at most 107 bytes; its folder is there
    Door(Path path, Way way) throws IOException {
        this.path = path;
        this.way = way;
        Files.deleteIfExists(path);
        this.channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        channel.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
        Thread.ofVirtual().name("pod-network").start(this::accept);
    }

    private void accept() {
        var free = new Semaphore(MOST);
        while (channel.isOpen()) {
            try {
                var inside = channel.accept();
                if (free.tryAcquire()) {
                    Thread.ofVirtual().name("pod-connection").start(() -> {
                        carry(inside);
                        free.release();
                    });
                } else {
                    inside.close();
                }
            } catch (IOException refused) {
                LOG.log(Level.DEBUG, "a pod's connection was not taken", refused);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void carry(SocketChannel inside) {
        try (inside; var outside = way.open()) {
            try {
                var back = Thread.ofVirtual().start(() -> copy(outside, inside));
                copy(inside, outside);
                back.join();
            } finally {
                way.closed(outside);
            }
        } catch (IOException refused) {
            LOG.log(Level.DEBUG, "a pod's connection ended", refused);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(SocketChannel from, SocketChannel to) {
        var buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException gone) {
            close(from);
            close(to);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException already) {
            LOG.log(Level.DEBUG, "it is closed", already);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(path);
        } catch (IOException left) {
            LOG.log(Level.DEBUG, "a socket is left", left);
        }
    }
}
