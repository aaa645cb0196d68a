package orrery.sim.kubelet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/// Port-forward over plain channels (`v4.channel.k8s.io`): two channels for each port of the
/// query, data and error, each of which begins with the port's number (two bytes, little endian).
final class PortChannels implements Channels.Receiver {
    private final Channels channels;
    private final Ports ports;
    private final List<String> wanted;
    private final Executor threads;
    private final List<PortStream> streams = new ArrayList<>();

    /// @param wanted the port numbers that the client asks for, in its order
    PortChannels(Channels channels, Ports ports, List<String> wanted, Executor threads) {
        this.channels = channels;
        this.ports = ports;
        this.wanted = List.copyOf(wanted);
        this.threads = threads;
    }

    /// Opens the channels. Not to be called on an event loop.
    void open() throws IOException {
        for (int i = 0; i < wanted.size(); i++) {
            var port = wanted.get(i);
            int number = port.matches("\\d{1,5}") ? Integer.parseInt(port) : 0;
            var head = new byte[] {(byte) number, (byte) (number >> 8)};
            channels.send(2 * i, head, 2);
            channels.send(2 * i + 1, head, 2);
        }
        for (int i = 0; i < wanted.size(); i++) {
            streams.add(new PortStream(ports.peer(wanted.get(i), new Back(2 * i)), threads));
        }
    }

    /// @param channel of the data; the next is that of errors
    private final class Back implements PortPeer.Back {
        private final int channel;

        Back(int channel) {
            this.channel = channel;
        }

        @Override
        public void data(byte[] bytes, int length) throws IOException {
            channels.send(channel, bytes, length);
        }

        @Override
        public void end() {
            channels.close();
        }

        @Override
        public void refused(String why) {
            var bytes = why.getBytes(StandardCharsets.UTF_8);
            try {
                channels.send(channel + 1, bytes, bytes.length);
            } catch (IOException gone) {
                channels.close();
            }
        }
    }

    @Override
    public void data(int channel, byte[] bytes) {
        if (channel % 2 == 0 && channel / 2 < streams.size()) {
            // The next message is asked for when this one was taken.
            streams.get(channel / 2).take(bytes).join();
        }
    }

    @Override
    public void finished(int channel) {
        if (channel % 2 == 0 && channel / 2 < streams.size()) {
            streams.get(channel / 2).finished();
        }
    }

    @Override
    public void gone() {
        streams.forEach(PortStream::gone);
    }
}
