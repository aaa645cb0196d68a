package orrery.sim.kubelet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Port-forward over plain channels (`v4.channel.k8s.io`): two channels for each port of the
/// query, data and error, each of which begins with the port's number (two bytes, little endian).
final class PortChannels implements Channels.Receiver {
    private final Channels channels;
    private final Ports ports;
    private final List<String> wanted;
    private final Map<Integer, EchoServer> servers = new HashMap<>();

    /// @param wanted the port numbers that the client asks for, in its order
    PortChannels(Channels channels, Ports ports, List<String> wanted) {
        this.channels = channels;
        this.ports = ports;
        this.wanted = List.copyOf(wanted);
        // Before anything is received: clients send without waiting for the ports' numbers.
        for (int i = 0; i < wanted.size(); i++) {
            if (ports.refusal(wanted.get(i)).isEmpty()) {
                servers.put(2 * i, ports.connect());
            }
        }
    }

    /// Opens the channels. Not to be called on an event loop.
    void open() throws IOException {
        for (int i = 0; i < wanted.size(); i++) {
            var port = wanted.get(i);
            int number = port.matches("\\d{1,5}") ? Integer.parseInt(port) : 0;
            var head = new byte[] {(byte) number, (byte) (number >> 8)};
            channels.send(2 * i, head, 2);
            channels.send(2 * i + 1, head, 2);
            var refusal = ports.refusal(port);
            if (refusal.isPresent()) {
                var bytes = refusal.get().getBytes(StandardCharsets.UTF_8);
                channels.send(2 * i + 1, bytes, bytes.length);
            }
        }
    }

    @Override
    public void data(int channel, byte[] bytes) throws IOException {
        var server = servers.get(channel);
        var answer = server == null ? null : server.take(bytes).orElse(null);
        if (answer != null) {
            channels.send(channel, answer, answer.length);
            channels.close();
        }
    }

    @Override
    public void finished(int channel) {}

    @Override
    public void gone() {}
}
