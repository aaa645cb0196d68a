package orrery.server.auth.openid;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import orrery.server.FreshServer;
import orrery.server.Mailbox;

/// A server that knows at its start under which address clients find it: an issuer must be where
/// its discovery document is. It sends mail ([Mailbox]).
public class OpenIdServer extends FreshServer {
    /// Below the ports that the system gives away by itself, so that nobody takes it meanwhile.
    private final int port = free();

    @Override
    public Map<String, String> getConfigOverrides() {
        var all = new HashMap<>(super.getConfigOverrides());
        all.put("quarkus.http.test-port", Integer.toString(port));
        return all;
    }

    @Override
    public String[] commandLineParameters() {
        return Stream.concat(Stream.of(super.commandLineParameters()),
                Stream.of("--public-url", "http://127.0.0.1:" + port,
                        "--smtp-url", Mailbox.server(), "--mail-from", "orrery@example.com"))
                .toArray(String[]::new);
    }

    private static int free() {
        while (true) {
            var candidate = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), candidate));
                return candidate;
            } catch (IOException taken) {
                // The next one, then.
            }
        }
    }
}
