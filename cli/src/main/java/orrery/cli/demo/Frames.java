package orrery.cli.demo;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The two frames of `cloudshell-v1` that the journey needs, as protobuf bytes. Each is a message
/// within a message: field 3, 4 or 7 of the outer one holds `string data = 1`.
final class Frames {
    private static final int INPUT = 3;
    private static final int OUTPUT = 4;
    private static final int ERROR = 7;
    private static final int DELIMITED = 2;

    private Frames() {}

    /// What a server's frame says; empty text for kinds that print nothing.
    record Said(String text, boolean isError) {}

    /// What was typed.
    static byte[] input(String text) {
        return field(INPUT, field(1, text.getBytes(StandardCharsets.UTF_8)));
    }

    static Said read(byte[] frame) {
        var in = ByteBuffer.wrap(frame);
        if (!in.hasRemaining()) {
            return new Said("", false);
        }
        int number = varint(in) >>> 3;
        if (number != OUTPUT && number != ERROR) {
            return new Said("", false);
        }
        varint(in);
        if (!in.hasRemaining()) {
            return new Said("", number == ERROR);
        }
        varint(in);
        var text = new byte[varint(in)];
        in.get(text);
        return new Said(new String(text, StandardCharsets.UTF_8), number == ERROR);
    }

    private static byte[] field(int number, byte[] content) {
        var out = new ByteArrayOutputStream();
        out.write(number << 3 | DELIMITED);
        for (int length = content.length; ; length >>>= 7) {
            if (length < 0x80) {
                out.write(length);
                break;
            }
            out.write(length & 0x7f | 0x80);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static int varint(ByteBuffer in) {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
