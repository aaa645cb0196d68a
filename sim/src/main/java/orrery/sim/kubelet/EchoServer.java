package orrery.sim.kubelet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// The web server of an echo container, for one connection: it answers the first HTTP/1.1 request
/// with a page that shows that request, then ends the connection.
final class EchoServer {
    private static final int MAX_REQUEST = 1 << 20;

    private final String pod;
    private final ByteArrayOutputStream request = new ByteArrayOutputStream();

    /// @param pod the name of the pod that answers
    EchoServer(String pod) {
        this.pod = pod;
    }

    /// Takes what arrived.
    ///
    /// @return the whole answer once the request is complete
    Optional<byte[]> take(byte[] bytes) {
        if (request.size() + bytes.length > MAX_REQUEST) {
            return Optional.of(answer("413 Content Too Large", "larger than 1 MiB\n"));
        }
        request.writeBytes(bytes);
        var text = request.toString(StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0 || request.size() < end + 4 + length(text.substring(0, end))) {
            return Optional.empty();
        }
        return Optional.of(answer("200 OK", "[simulated] pod " + pod + "\n\n"
                + request.toString(StandardCharsets.UTF_8)));
    }

    private static int length(String head) {
        for (var line : head.toLowerCase(Locale.ROOT).split("\r\n")) {
            if (line.matches("content-length: *\\d{1,7}")) {
                return Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        return 0;
    }

    private static byte[] answer(String status, String body) {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var head = "HTTP/1.1 " + status + "\r\nContent-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: " + bytes.length + "\r\nConnection: close\r\n\r\n";
        var all = new ByteArrayOutputStream();
        all.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(bytes);
        return all.toByteArray();
    }
}
