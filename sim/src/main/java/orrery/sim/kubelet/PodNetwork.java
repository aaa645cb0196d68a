package orrery.sim.kubelet;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import orrery.sim.container.Containers;
import orrery.sim.container.Relay;
import orrery.sim.store.Cluster;

/// What pods reach: the API server of their own cluster, as `KUBERNETES_SERVICE_HOST` and
/// `KUBERNETES_SERVICE_PORT` say, and nothing else.
///
/// Each cluster has a socket, so that a connection tells whose pod made it; the API server asks
/// for that and shows it this cluster alone.
final class PodNetwork implements AutoCloseable {
    static final String HOST = "127.0.0.1";
    static final int PORT = 6443;

    /// Connections of one cluster's pods at a time; more are closed at once.
    private static final int MOST = 64;
    /// What the kernel takes as a socket's path.
    private static final int LONGEST_PATH = 107;
    /// Between two tries when this process has no descriptor left.
    private static final long PAUSE_NANOS = 100_000_000;
    private static final int BUFFER_BYTES = 16 << 10;
    private static final System.Logger LOG = System.getLogger(PodNetwork.class.getName());

    private final Path folder;
    private final AtomicInteger last = new AtomicInteger();
    private final Map<Cluster, Door> doors = new ConcurrentHashMap<>();
    private final Map<String, String> origins = new ConcurrentHashMap<>();
    private volatile InetSocketAddress server;

    private record Door(ServerSocketChannel channel, Relay relay) {}

    PodNetwork(Containers containers) {
        this.folder = containers.base().resolve("net");
    }

    /// Says where the API server listens. Until then pods reach nothing.
    void open(InetSocketAddress server) {
        // A connection is known by its own address, which must be a definite one.
        this.server = server.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort())
                : server;
    }

    /// The relay of a cluster's cells; empty where the host lacks something for it.
    Optional<Relay> relay(Cluster cluster) {
        if (server == null || !Relay.isPossible()) {
            return Optional.empty();
        }
        return Optional.ofNullable(doors.computeIfAbsent(cluster, this::door)).map(Door::relay);
    }

    /// The cluster whose pod a connection to the API server is from.
    Optional<String> clusterOf(String address, int port) {
        return Optional.ofNullable(origins.get(key(address, port)));
    }

    private Door door(Cluster cluster) {
        var own = folder.resolve(Integer.toString(last.incrementAndGet()));
        var path = own.resolve("api");
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
            LOG.log(Level.WARNING, "pods cannot reach their API server: the path {0} is longer"
                    + " than {1} bytes; choose a shorter data folder", path, LONGEST_PATH);
            return null;
        }
        try {
            passage(folder);
            passage(own);
            Files.deleteIfExists(path);
            var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
            Thread.ofVirtual().name("pod-network").start(() -> accept(channel, cluster));
            return new Door(channel, new Relay(own, "api", PORT));
        } catch (IOException refused) {
            LOG.log(Level.WARNING, "pods of " + cluster.name() + " cannot reach their API server",
                    refused);
            return null;
        }
    }

    /// The sandboxed user passes through, and lists nothing.
    private static void passage(Path path) throws IOException {
        Files.createDirectories(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
    }

    private void accept(ServerSocketChannel channel, Cluster cluster) {
        var free = new Semaphore(MOST);
        while (channel.isOpen()) {
            try {
                var inside = channel.accept();
                if (free.tryAcquire()) {
                    Thread.ofVirtual().name("pod-connection").start(() -> {
                        carry(inside, cluster);
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

    private void carry(SocketChannel inside, Cluster cluster) {
        try (inside; var outside = SocketChannel.open()) {
            outside.bind(new InetSocketAddress(server.getAddress(), 0));
            var own = (InetSocketAddress) outside.getLocalAddress();
            var key = key(own.getAddress().getHostAddress(), own.getPort());
            // Known before anything is sent and until the port is given up: no request of a
            // pod's is taken for a stranger's, and none of a stranger's for a pod's.
            origins.put(key, cluster.name());
            try {
                outside.connect(server);
                var back = Thread.ofVirtual().start(() -> copy(outside, inside));
                copy(inside, outside);
                back.join();
            } finally {
                origins.remove(key);
            }
        } catch (IOException refused) {
            LOG.log(Level.DEBUG, "a pod's connection ended", refused);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static String key(String address, int port) {
        return address + " " + port;
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

    /// Forgets a cluster that is gone.
    void closed(Cluster cluster) {
        var door = doors.remove(cluster);
        if (door != null) {
            close(door);
        }
    }

    private static void close(Door door) {
        try {
            door.channel().close();
            Files.deleteIfExists(door.relay().folder().resolve(door.relay().socket()));
            Files.deleteIfExists(door.relay().folder());
        } catch (IOException left) {
            LOG.log(Level.DEBUG, "a socket is left", left);
        }
    }

    @Override
    public void close() {
        doors.values().forEach(PodNetwork::close);
        doors.clear();
    }
}
