package orrery.server.workspace.terminal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Turns a stream of bytes into text without breaking characters that were split between two
/// reads. What is no UTF-8 at all becomes U+FFFD, as terminals show it. Not thread-safe.
final class Utf8Splitter {
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] rest = new byte[0];

    /// The whole characters so far; an unfinished one is kept for the next call.
    String text(byte[] bytes, int length) {
        var in = ByteBuffer.allocate(rest.length + length).put(rest).put(bytes, 0, length).flip();
        var out = CharBuffer.allocate(in.remaining());
        decoder.decode(in, out, false);
        rest = new byte[in.remaining()];
        in.get(rest);
        return out.flip().toString();
    }
}
