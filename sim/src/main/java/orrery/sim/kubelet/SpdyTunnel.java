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
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// Port-forward as kubectl ≥ 1.31 speaks it: SPDY/3.1 frames inside the binary messages of a
/// WebSocket (`SPDY/3.1+portforward.k8s.io`). For each connection the client opens two streams of
/// the same request id: `error`, then `data`. Runs on the socket's event loop alone.
final class SpdyTunnel {
    private static final int MAX_STREAMS = 256;

    private final ServerWebSocket socket;
    private final Ports ports;
    private final EmbeddedChannel codec =
            new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    private final Executor threads;
    private final Context loop = Vertx.currentContext();
    private final Map<Integer, PortStream> data = new HashMap<>();
    private int untaken;
    private final Map<String, Integer> errors = new HashMap<>();

    SpdyTunnel(ServerWebSocket socket, Ports ports, Executor threads) {
        this.socket = socket;
        this.ports = ports;
        this.threads = threads;
    }

    void start() {
        socket.binaryMessageHandler(message -> {
            codec.writeInbound(Unpooled.wrappedBuffer(message.getBytes()));
            for (Object frame; (frame = codec.readInbound()) != null;) {
                take(frame);
            }
        });
        socket.exceptionHandler(broken -> socket.close());
        socket.closeHandler(gone -> {
            data.values().forEach(PortStream::gone);
            codec.close();
        });
    }

    private void take(Object frame) {
        switch (frame) {
            case SpdySynStreamFrame opened -> open(opened);
            case SpdyDataFrame part -> {
                receive(part);
                part.release();
            }
            case SpdyPingFrame ping -> send(new DefaultSpdyPingFrame(ping.id()));
            case SpdyRstStreamFrame reset -> forget(reset.streamId());
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
        var back = new Back(stream, errors.remove(request));
        data.put(stream, new PortStream(
                ports.peer(opened.headers().getAsString("port"), back), threads));
    }

    private void forget(int stream) {
        var left = data.remove(stream);
        if (left != null) {
            left.gone();
        }
    }

    private void receive(SpdyDataFrame part) {
        var stream = data.get(part.streamId());
        if (stream == null) {
            return;
        }
        var bytes = new byte[part.content().readableBytes()];
        part.content().readBytes(bytes);
        if (bytes.length > 0) {
            // Nothing piles up: more is read when this was taken.
            untaken++;
            socket.pause();
            stream.take(bytes).whenComplete((done, broken) -> loop.runOnContext(next -> {
                if (--untaken == 0) {
                    socket.resume();
                }
            }));
        }
        if (part.isLast()) {
            stream.finished();
        }
    }

    /// What comes back on one connection; called on other threads than the loop.
    private final class Back implements PortPeer.Back {
        private final int stream;
        private final Integer error;

        /// @param error the stream for errors, if the client opened one
        Back(int stream, Integer error) {
            this.stream = stream;
            this.error = error;
        }

        @Override
        public void data(byte[] bytes, int length) throws IOException {
            var part = Unpooled.copiedBuffer(bytes, 0, length);
            var sent = new CompletableFuture<Void>();
            loop.runOnContext(on -> send(new DefaultSpdyDataFrame(stream, part)).onComplete(
                    done -> sent.complete(null), sent::completeExceptionally));
            Channels.await(sent);
        }

        @Override
        public void end() {
            close("", stream);
        }

        @Override
        public void refused(String why) {
            close(why, error == null ? stream : error);
        }

        private void close(String why, int where) {
            loop.runOnContext(on -> {
                if (data.remove(stream) == null) {
                    return;
                }
                var words = why.getBytes(StandardCharsets.UTF_8);
                if (error != null) {
                    finish(error, where == error ? words : new byte[0]);
                }
                finish(stream, where == stream ? words : new byte[0]);
            });
        }
    }

    /// Sends the last bytes of a stream.
    private void finish(int stream, byte[] bytes) {
        send(new DefaultSpdyDataFrame(stream, Unpooled.wrappedBuffer(bytes)).setLast(true));
    }

    private Future<Void> send(Object frame) {
        Future<Void> last = Future.succeededFuture();
        codec.writeOutbound(frame);
        for (ByteBuf out; (out = codec.readOutbound()) != null;) {
            var bytes = new byte[out.readableBytes()];
            out.readBytes(bytes);
            out.release();
            last = socket.writeBinaryMessage(Buffer.buffer(bytes));
        }
        return last;
    }
}
