package orrery.sim.kubelet;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The control plane beside this region, as its pods reach it.
///
/// The server keeps a file: where it listens (`http://127.0.0.1:8080`) and, with TLS, a space and
/// the host name of its certificate. It holds a lock on the file for as long as it lives, so an
/// old file never leads pods to a stranger who listens there by now.
final class ControlPlane {
    /// The other end of pods' connections is bound to one of these addresses, by cluster. The
    /// server does not take them for somebody at this machine. See `orrery.kit.http.Hosts`.
    private static final int FIRST = 127 << 24 | 64 << 16;
    private static final int ADDRESSES = 1 << 16;

    private final Path file;

    /// @param file written by the server, perhaps later
    ControlPlane(Path file) {
        this.file = file;
    }

    /// @param name host name of the certificate; empty without TLS
    private record Place(URI listener, String name) {}

    /// Opens a connection for a pod of the `cluster`-th cluster.
    SocketChannel open(int cluster) throws IOException {
        var listener = place().listener();
        if (!isAlive()) {
            throw new IOException("no control plane listens at " + listener);
        }
        var host = InetAddress.getByName(listener.getHost().replaceAll("[\\[\\]]", ""));
        var to = host.isAnyLocalAddress() ? InetAddress.getByName("127.0.0.1") : host;
        if (!(to instanceof Inet4Address)) {
            throw new IOException("pods reach a control plane that listens on IPv4 only");
        }
        var outside = SocketChannel.open();
        try {
            outside.bind(new InetSocketAddress(source(cluster), 0));
            outside.connect(new InetSocketAddress(to, listener.getPort()));
            return outside;
        } catch (IOException refused) {
            outside.close();
            throw refused;
        }
    }

    /// How pods name it.
    ///
    /// @param port on which it is carried
    String url(int port) {
        try {
            var place = place();
            return place.listener().getScheme() + "://"
                    + (place.name().isEmpty() ? PodNetwork.HOST : place.name()) + ":" + port;
        } catch (IOException notYet) {
            return "http://" + PodNetwork.HOST + ":" + port;
        }
    }

    /// The name by which pods reach it beside `localhost`; or empty.
    String name() {
        try {
            return place().name();
        } catch (IOException notYet) {
            return "";
        }
    }

    private Place place() throws IOException {
        var words = Files.readString(file).strip().split(" ");
        try {
            var listener = URI.create(words[0]);
            if (listener.getHost() == null || listener.getPort() < 1) {
                throw new IOException(file + " names no host and port");
            }
            return new Place(listener, words.length > 1 ? words[1] : "");
        } catch (IllegalArgumentException broken) {
            throw new IOException(file + " names no address", broken);
        }
    }

    /// One at a time: a lock of our own would be taken for the server's.
    private synchronized boolean isAlive() throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ);
                var free = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return free == null;
        } catch (OverlappingFileLockException ours) {
            return true;
        }
    }

    private static InetAddress source(int cluster) throws IOException {
        int address = FIRST + 1 + Math.floorMod(cluster - 1, ADDRESSES - 2);
        return InetAddress.getByAddress(new byte[] {(byte) (address >> 24),
                (byte) (address >> 16), (byte) (address >> 8), (byte) address});
    }
}
