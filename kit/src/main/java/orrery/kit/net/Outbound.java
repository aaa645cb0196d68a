package orrery.kit.net;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import orrery.kit.Problem;

/// The one door for every URL that a user can influence. It judges the address a name means, once,
/// and hands out that address to connect to.
///
/// Loopback, link-local, multicast and metadata addresses are always refused, and so are the
/// ports that this server listens on; private ranges are refused unless the operator allows them.
public final class Outbound {
    private static final Duration RESOLVE = Duration.ofSeconds(5);

    private final Rules rules;

    public Outbound(Rules rules) {
        this.rules = rules;
    }

    /// What the operator set.
    ///
    /// @param privateAllowed whether addresses of private networks may be dialled
    /// @param ownPorts ports this server listens on, on any of its addresses
    public record Rules(boolean privateAllowed, Set<Integer> ownPorts) {
        public Rules {
            ownPorts = Set.copyOf(ownPorts);
        }
    }

    /// Judges a stranger's URL.
    ///
    /// @param schemes what may stand before `://`, such as `https`
    /// @throws Problem.Failure [Problem.Unprocessable] on `field` when it is refused
    public Destination judge(String field, URI uri, Set<String> schemes) {
        return judge(field, uri, schemes, Set.of());
    }

    /// Judges a URL whose host the operator may have named: a region's own address may be one
    /// that is refused to everybody else. Our own ports stay refused.
    ///
    /// @param named hosts that the operator named, exactly as they stand in the URL
    public Destination judge(String field, URI uri, Set<String> schemes, Set<String> named) {
        var host = uri.getHost();
        if (uri.getScheme() == null || !schemes.contains(uri.getScheme())) {
            throw refused(field, "must begin with " + String.join(" or ", schemes) + "://");
        }
        if (host == null || uri.getUserInfo() != null || uri.getFragment() != null) {
            throw refused(field, "must be a URL with a host, without user and fragment");
        }
        var found = resolve(field, host);
        for (var address : found) {
            if (mayDial(address, port(uri), named.contains(host))) {
                return new Destination(uri, address);
            }
        }
        throw refused(field, "leads to " + found.getFirst().getHostAddress()
                + ", an address that this server does not connect to");
    }

    private boolean mayDial(InetAddress address, int port, boolean named) {
        if (rules.ownPorts().contains(port) && isOurs(address)) {
            return false;
        }
        return named || switch (Reach.of(address)) {
            case PUBLIC -> true;
            case PRIVATE -> rules.privateAllowed();
            case FORBIDDEN -> false;
        };
    }

    private static boolean isOurs(InetAddress address) {
        try {
            return address.isLoopbackAddress() || address.isAnyLocalAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return true;
        }
    }

    /// The resolver of the JDK knows no time limit, so it gets a thread of its own.
    private static List<InetAddress> resolve(String field, String host) {
        var name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        var lookup = new FutureTask<>(() -> List.of(InetAddress.getAllByName(name)));
        Thread.ofVirtual().name("resolve " + name).start(lookup);
        try {
            return lookup.get(RESOLVE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            throw new Problem.Unavailable("name service for " + name, RESOLVE).raise();
        } catch (ExecutionException unknown) {
            if (unknown.getCause() instanceof UnknownHostException) {
                throw refused(field, "names a host that does not resolve: " + name);
            }
            throw new IllegalStateException(unknown.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Problem.Unavailable("name service for " + name, RESOLVE).raise();
        }
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("http") ? 80 : 443;
    }

    private static Problem.Failure refused(String field, String message) {
        return new Problem.Unprocessable(List.of(new Problem.Mistake(field, message))).raise();
    }
}
