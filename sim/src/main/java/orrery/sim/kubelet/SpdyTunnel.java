package orrery.sim.kubelet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Port-forward as kubectl ≥ 1.31 speaks it: SPDY/3.1 frames inside the binary messages of a
/// WebSocket (`SPDY/3.1+portforward.k8s.io`). For each connection the client opens two streams of
/// the same request id: `error`, then `data`. Runs on the socket's event loop alone.
final class SpdyTunnel {
    private static final int MAX_STREAMS = 256;

    private final ServerWebSocket socket;
    private final Ports ports;
    private final EmbeddedChannel codec =
            new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    private final Map<Integer, EchoServer> data = new HashMap<>();
    private final Map<String, Integer> errors = new HashMap<>();

    SpdyTunnel(ServerWebSocket socket, Ports ports) {
        this.socket = socket;
        this.ports = ports;
    }

    void start() {
        socket.binaryMessageHandler(message -> {
            codec.writeInbound(Unpooled.wrappedBuffer(message.getBytes()));
            for (Object frame; (frame = codec.readInbound()) != null;) {
                take(frame);
            }
        });
        socket.exceptionHandler(broken -> socket.close());
        socket.closeHandler(gone -> codec.close());
    }

    private void take(Object frame) {
        switch (frame) {
            case SpdySynStreamFrame opened -> open(opened);
            case SpdyDataFrame part -> {
                receive(part);
                part.release();
            }
            case SpdyPingFrame ping -> send(new DefaultSpdyPingFrame(ping.id()));
            case SpdyRstStreamFrame reset -> data.remove(reset.streamId());
            default -> { }
        }
    }

    private void open(SpdySynStreamFrame opened) {
        int stream = opened.streamId();
        var kind = opened.headers().getAsString("streamtype");
        var request = String.valueOf(opened.headers().getAsString("requestid"));
        if (data.size() + errors.size() >= MAX_STREAMS || kind == null) {
            send(new DefaultSpdyRstStreamFrame(stream, SpdyStreamStatus.REFUSED_STREAM));
            return;
        }
        // Without any header the codec leaves out the header block, which kubectl cannot read.
        var reply = new DefaultSpdySynReplyFrame(stream);
        reply.headers().add("server", "simulated");
        send(reply);
        if (kind.equals("error")) {
            errors.put(request, stream);
            return;
        }
        var error = errors.remove(request);
        var refusal = ports.refusal(opened.headers().getAsString("port"));
        if (refusal.isPresent()) {
            finish(error == null ? stream : error,
                    refusal.get().getBytes(StandardCharsets.UTF_8));
            finish(stream, new byte[0]);
            return;
        }
        if (error != null) {
            finish(error, new byte[0]);
        }
        data.put(stream, ports.connect());
    }

    private void receive(SpdyDataFrame part) {
        var server = data.get(part.streamId());
        if (server == null) {
            return;
        }
        var bytes = new byte[part.content().readableBytes()];
        part.content().readBytes(bytes);
        var answer = server.take(bytes);
        if (answer.isPresent() || part.isLast()) {
            data.remove(part.streamId());
            finish(part.streamId(), answer.orElse(new byte[0]));
        }
    }

    /// Sends the last bytes of a stream.
    private void finish(int stream, byte[] bytes) {
        send(new DefaultSpdyDataFrame(stream, Unpooled.wrappedBuffer(bytes)).setLast(true));
    }

    private void send(Object frame) {
        codec.writeOutbound(frame);
        for (ByteBuf out; (out = codec.readOutbound()) != null;) {
            var bytes = new byte[out.readableBytes()];
            out.readBytes(bytes);
            out.release();
            socket.writeBinaryMessage(Buffer.buffer(bytes));
        }
    }
}
