package orrery.kit.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import orrery.kit.Problem;

/// Percent-escapes of a URI (RFC 3986 2.1), read strictly: a broken escape or one that is not UTF-8
/// is refused, never guessed.
final class Escapes {
    private Escapes() {}

    /// @throws Problem.Failure [Problem.Malformed]
    static String decode(String escaped) {
        if (escaped.indexOf('%') < 0) {
            return escaped;
        }
        var bytes = ByteBuffer.allocate(escaped.length() * 3);
        for (int i = 0; i < escaped.length(); i++) {
            var c = escaped.charAt(i);
            if (c != '%') {
                bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            var high = i + 2 < escaped.length()
                    ? Character.digit(escaped.charAt(i + 1), 16)
                    : -1;
            var low = high < 0 ? -1 : Character.digit(escaped.charAt(i + 2), 16);
            if (low < 0) {
                throw broken(escaped);
            }
            bytes.put((byte) (high * 16 + low));
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw broken(escaped);
        }
    }

    /// Refuses an address that is none. The transport lets it through to us, because it could only
    /// hang up without a word (`vertx.disableURIValidation`).
    ///
    /// @throws Problem.Failure [Problem.Malformed]
    static void check(String address) {
        try {
            decode(new URI(address).getRawPath() == null ? "" : address.split("[?#]", 2)[0]);
        } catch (URISyntaxException e) {
            throw new Problem.Malformed("address",
                    "at character " + (e.getIndex() + 1) + ": " + e.getReason()).raise();
        }
    }

    private static Problem.Failure broken(String escaped) {
        return new Problem.Malformed(
                "address", "\"" + escaped + "\" has a percent escape that is not UTF-8").raise();
    }
}
