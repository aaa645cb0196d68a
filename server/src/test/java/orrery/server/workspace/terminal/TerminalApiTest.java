package orrery.server.workspace.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import orrery.server.WorkspaceTenant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A person at a terminal, as a browser sees it.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class TerminalApiTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private String workspace;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        workspace = WorkspaceTenant.entered(all);
    }

    /// A frame of the server's.
    ///
    /// @param field its number: 2 is a pong, 4 is output, 7 is an error
    private record Said(int field, String text) {
        static Said read(byte[] bytes) throws IOException {
            var frame = CodedInputStream.newInstance(bytes);
            int field = WireFormat.getTagFieldNumber(frame.readTag());
            var content = CodedInputStream.newInstance(frame.readByteArray());
            return new Said(field, content.readTag() == 0 ? "" : content.readString());
        }
    }

    private static final class Person implements WebSocket.Listener {
        final BlockingQueue<Said> frames = new LinkedBlockingQueue<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final ByteArrayOutputStream part = new ByteArrayOutputStream();
        private final StringBuilder printed = new StringBuilder();
        private WebSocket socket;

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            var bytes = new byte[data.remaining()];
            data.get(bytes);
            part.writeBytes(bytes);
            if (last) {
                try {
                    frames.add(Said.read(part.toByteArray()));
                } catch (IOException e) {
                    closed.completeExceptionally(e);
                }
                part.reset();
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(code);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closed.completeExceptionally(error);
        }

        void send(Frame frame) {
            socket.sendBinary(ByteBuffer.wrap(FrameCodec.write(frame)), true).join();
        }

        /// Reads on until the terminal has printed this.
        void awaitOutput(String text) throws InterruptedException {
            while (printed.indexOf(text) < 0) {
                var frame = next();
                printed.append(frame.field() == 4 ? frame.text() : frame);
            }
        }

        Said next() throws InterruptedException {
            var frame = frames.poll(120, TimeUnit.SECONDS);
            assertThat(frame).as("a frame within two minutes, after " + printed + ", "
                    + closed).isNotNull();
            return frame;
        }

        int code() throws Exception {
            return closed.get(120, TimeUnit.SECONDS);
        }
    }

    private Person enter() {
        var person = new Person();
        person.socket = open(all.owner(), workspace, person);
        return person;
    }

    private WebSocket open(Visitor visitor, String path, WebSocket.Listener listener) {
        var builder = CLIENT.newWebSocketBuilder().subprotocols("cloudshell-v1")
                .connectTimeout(Duration.ofSeconds(60));
        visitor.headers().forEach(builder::header);
        return builder.buildAsync(URI.create(server.resolve(path + "/interactive").toString()
                .replaceFirst("^http", "ws")), listener).join();
    }

    @Test
    void whatAShellComputesComesBack() throws Exception {
        var person = enter();
        assertThat(person.socket.getSubprotocol()).isEqualTo("cloudshell-v1");
        person.send(new Frame.Resize(100, 30));
        person.send(new Frame.Input("echo so-$((6 * 7))-\u00fc; stty size\n"));
        person.awaitOutput("so-42-\u00fc");
        person.awaitOutput("30 100");
        person.send(new Frame.Ping());
        var next = person.next();
        while (next.field() != 2) {
            next = person.next();
        }
        person.send(new Frame.Input("exit\n"));
        assertThat(person.code()).as("the shell ended").isEqualTo(1000);
    }

    @Test
    void closesOnWhatItDoesNotSpeak() throws Exception {
        var writer = enter();
        writer.socket.sendText("ls\n", true).join();
        assertThat(writer.code()).as("text").isEqualTo(1003);
        var stammerer = enter();
        stammerer.socket.sendBinary(ByteBuffer.wrap(new byte[] {-1, -1, -1}), true).join();
        assertThat(stammerer.code()).as("no frame").isEqualTo(1002);
    }

    @Test
    void aTerminalEndsWithItsTokenAndIsNoted() throws Exception {
        var made = all.owner().post("/api/v1/me/tokens", Map.of("name", "terminal",
                "scopes", List.of("workspace:connect:webshell")));
        var token = Visitor.of(server).as(made.text("/token"));
        var explorer = new Person();
        explorer.socket = open(token, workspace, explorer);
        // A question of id "1" for the files of "/".
        explorer.socket.sendBinary(ByteBuffer.wrap(new byte[] {
                0x32, 10, 0x0a, 1, '1', 0x12, 5, 0x0a, 3, 0x0a, 1, '/'}), true).join();
        assertThat(explorer.code()).as("no webfiles").isEqualTo(1008);

        var shell = new Person();
        shell.socket = open(token, workspace, shell);
        var sessions = "/api/v1/me/sessions";
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(() ->
                all.owner().get(sessions).json().findValuesAsText("workspace")
                        .contains(workspace.substring(workspace.lastIndexOf('/') + 1)));
        all.owner().delete("/api/v1/me/tokens/" + made.text("/id"));
        shell.send(new Frame.Ping());
        assertThat(shell.code()).as("the token is gone").isEqualTo(1008);
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(() -> {
            var last = all.owner().get(sessions + "?all=true").json().path(0);
            return last.path("endTime").isTextual() && last.path("bytesIn").asLong() > 0;
        });
        assertThat(all.stranger().get(sessions + "?all=true").json()).isEmpty();
    }

    @Test
    void refusesBeforeTheUpgrade() {
        assertRefused(401, Visitor.of(server), workspace);
        assertRefused(404, all.stranger(), workspace);
        assertRefused(404, all.owner(), "/api/v1/workspaces/nothing");
        var plain = all.owner().get(workspace + "/interactive");
        assertThat(plain.status()).isIn(400, 426);
        assertThat(plain.json().path("status").asInt()).isEqualTo(plain.status());
    }

    private void assertRefused(int status, Visitor visitor, String path) {
        assertThatThrownBy(() -> open(visitor, path, new Person()))
                .isInstanceOf(CompletionException.class)
                .cause().isInstanceOfSatisfying(WebSocketHandshakeException.class, refusal ->
                        assertThat(refusal.getResponse().statusCode()).isEqualTo(status));
    }
}
