package orrery.server.auth.federation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A name server (RFC 1035) that knows TXT records and nothing else.
public final class NameServer implements AutoCloseable {
    private static final int TXT = 16;

    private final DatagramSocket socket;
    private final Map<String, String> texts = new ConcurrentHashMap<>();

    public NameServer(int port) throws IOException {
        socket = new DatagramSocket(port, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("name server").start(this::serve);
    }

    public void set(String name, String text) {
        texts.put(name, text);
    }

    public void remove(String name) {
        texts.remove(name);
    }

    @Override
    public void close() {
        socket.close();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                var asked = new DatagramPacket(new byte[512], 512);
                socket.receive(asked);
                var answer = answer(ByteBuffer.wrap(asked.getData(), 0, asked.getLength()));
                socket.send(new DatagramPacket(
                        answer, answer.length, asked.getSocketAddress()));
            } catch (IOException closed) {
                // The next question, if there is one.
            }
        }
    }

    private byte[] answer(ByteBuffer asked) {
        var id = asked.getShort(0);
        asked.position(12);
        var name = new StringBuilder();
        for (int length = asked.get(); length > 0; length = asked.get()) {
            var label = new byte[length];
            asked.get(label);
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(label, StandardCharsets.US_ASCII));
        }
        var question = new byte[asked.position() + 4 - 12];
        asked.position(12).get(question);
        var text = texts.get(name.toString());
        var out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(12).putShort(id)
                // An answer with authority; 3 says that there is no such name.
                .putShort((short) (0x8580 | (text == null ? 3 : 0))).putShort((short) 1)
                .putShort((short) (text == null ? 0 : 1)).putInt(0).array());
        out.writeBytes(question);
        if (text != null) {
            var bytes = text.getBytes(StandardCharsets.US_ASCII);
            out.writeBytes(ByteBuffer.allocate(13 + bytes.length).putShort((short) 0xC00C)
                    .putShort((short) TXT).putShort((short) 1).putInt(60)
                    .putShort((short) (bytes.length + 1)).put((byte) bytes.length)
                    .put(bytes).array());
        }
        return out.toByteArray();
    }
}
