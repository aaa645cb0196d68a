package orrery.sim.kubelet;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import orrery.sim.container.Containers;
import orrery.sim.container.Relay;
import orrery.sim.store.Cluster;

/// What pods reach, and nothing else: the API server of their own cluster, as
/// `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT` say, and where there is a control plane
/// its public API, at `ORRERY_URL`.
///
/// Each cluster has sockets of its own, so that a connection tells whose pod made it: the API
/// server asks for that and shows it this cluster alone, the control plane sees an address that
/// no pod can choose.
final class PodNetwork implements AutoCloseable {
    static final String HOST = "127.0.0.1";
    static final int PORT = 6443;
    static final int CONTROL_PLANE_PORT = 6480;

    /// What the kernel takes as a socket's path.
    private static final int LONGEST_PATH = 107;
    private static final System.Logger LOG = System.getLogger(PodNetwork.class.getName());

    private final Path folder;
    private final Optional<ControlPlane> controlPlane;
    private final AtomicInteger last = new AtomicInteger();
    private final Map<Cluster, House> houses = new ConcurrentHashMap<>();
    private final Map<String, String> origins = new ConcurrentHashMap<>();
    private volatile InetSocketAddress server;

    private record House(List<Door> doors, Relay relay) {}

    PodNetwork(Containers containers, Optional<ControlPlane> controlPlane) {
        this.folder = containers.base().resolve("net");
        this.controlPlane = controlPlane;
    }

    /// Says where the API server listens. Until then pods reach nothing.
    void open(InetSocketAddress server) {
        // A connection is known by its own address, which must be a definite one.
        this.server = server.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort())
                : server;
    }

    /// The variables that tell a pod what it reaches.
    Map<String, String> variables() {
        var all = new LinkedHashMap<String, String>();
        all.put("KUBERNETES_SERVICE_HOST", HOST);
        all.put("KUBERNETES_SERVICE_PORT", Integer.toString(PORT));
        all.put("KUBERNETES_SERVICE_PORT_HTTPS", Integer.toString(PORT));
        controlPlane.ifPresent(it -> all.put("ORRERY_URL", it.url(CONTROL_PLANE_PORT)));
        return all;
    }

    /// The relay of a cluster's cells; empty where the host lacks something for it.
    Optional<Relay> relay(Cluster cluster) {
        if (server == null || !Relay.isPossible()) {
            return Optional.empty();
        }
        return Optional.ofNullable(houses.computeIfAbsent(cluster, this::house))
                .map(House::relay);
    }

    /// The cluster whose pod a connection to the API server is from.
    Optional<String> clusterOf(String address, int port) {
        return Optional.ofNullable(origins.get(key(address, port)));
    }

    private House house(Cluster cluster) {
        int number = last.incrementAndGet();
        var own = folder.resolve(Integer.toString(number));
        if (own.resolve("api").toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
            LOG.log(Level.WARNING, "pods cannot reach their API server: the path of {0} is longer"
                    + " than {1} bytes; choose a shorter data folder", own, LONGEST_PATH);
            return null;
        }
        var doors = new ArrayList<Door>();
        var ways = new ArrayList<Relay.Way>();
        try {
            passage(folder);
            passage(own);
            doors.add(new Door(own.resolve("api"), new ToApiServer(cluster)));
            ways.add(new Relay.Way("api", PORT, ""));
            if (controlPlane.isPresent()) {
                var plane = controlPlane.get();
                doors.add(new Door(own.resolve("cp"), new ToControlPlane(plane, number)));
                ways.add(new Relay.Way("cp", CONTROL_PLANE_PORT, plane.name()));
            }
            return new House(doors, new Relay(own, ways));
        } catch (IOException | IllegalArgumentException refused) {
            doors.forEach(Door::close);
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

    private final class ToApiServer implements Door.Way {
        private final Cluster cluster;
        private final Map<SocketChannel, String> keys = new ConcurrentHashMap<>();

        ToApiServer(Cluster cluster) {
            this.cluster = cluster;
        }

        @Override
        public SocketChannel open() throws IOException {
            var outside = SocketChannel.open();
            try {
                outside.bind(new InetSocketAddress(server.getAddress(), 0));
                var own = (InetSocketAddress) outside.getLocalAddress();
                var key = key(own.getAddress().getHostAddress(), own.getPort());
                // Known before anything is sent and until the port is given up: no request of a
                // pod's is taken for a stranger's, and none of a stranger's for a pod's.
                origins.put(key, cluster.name());
                keys.put(outside, key);
                outside.connect(server);
                return outside;
            } catch (IOException refused) {
                closed(outside);
                outside.close();
                throw refused;
            }
        }

        @Override
        public void closed(SocketChannel outside) {
            var key = keys.remove(outside);
            if (key != null) {
                origins.remove(key);
            }
        }
    }

    /// @param cluster its number
    private record ToControlPlane(ControlPlane plane, int cluster) implements Door.Way {
        @Override
        public SocketChannel open() throws IOException {
            return plane.open(cluster);
        }

        @Override
        public void closed(SocketChannel outside) {}
    }

    private static String key(String address, int port) {
        return address + " " + port;
    }

    /// Forgets a cluster that is gone.
    void closed(Cluster cluster) {
        var house = houses.remove(cluster);
        if (house != null) {
            close(house);
        }
    }

    private static void close(House house) {
        house.doors().forEach(Door::close);
        try {
            Files.deleteIfExists(house.relay().folder());
        } catch (IOException left) {
            LOG.log(Level.DEBUG, "a folder is left", left);
        }
    }

    @Override
    public void close() {
        houses.values().forEach(PodNetwork::close);
        houses.clear();
    }
}
