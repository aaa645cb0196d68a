package orrery.server.auth.openid;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// A server that may ask providers on this machine, and a name server that the test has.
public final class FederationServer extends OpenIdServer {
    private static final String NAME_SERVER = "orrery.test.name-server";

    @Override
    public String[] commandLineParameters() {
        var port = free();
        // The profile lives in another class loader than the test.
        System.setProperty(NAME_SERVER, Integer.toString(port));
        return Stream.concat(Stream.of(super.commandLineParameters()), Stream.of(
                "--provider-hosts", "127.0.0.1", "--name-server", "127.0.0.1:" + port))
                .toArray(String[]::new);
    }

    /// The port that the server asks.
    static int nameServer() {
        return Integer.getInteger(NAME_SERVER);
    }

    private static int free() {
        while (true) {
            var candidate = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (var socket = new DatagramSocket(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), candidate))) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // The next one, then.
            }
        }
    }
}
