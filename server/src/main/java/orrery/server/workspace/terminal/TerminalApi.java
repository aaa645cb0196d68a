package orrery.server.workspace.terminal;

import io.quarkus.websockets.next.CloseReason;
import io.quarkus.websockets.next.OnBinaryMessage;
import io.quarkus.websockets.next.OnClose;
import io.quarkus.websockets.next.OnError;
import io.quarkus.websockets.next.OnOpen;
import io.quarkus.websockets.next.OnTextMessage;
import io.quarkus.websockets.next.PathParam;
import io.quarkus.websockets.next.UserData.TypedKey;
import io.quarkus.websockets.next.WebSocket;
import io.quarkus.websockets.next.WebSocketConnection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.buffer.Buffer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import orrery.kit.Problem;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.kit.http.TokenScope;
import orrery.kit.http.Upgrades;
import orrery.kit.kube.KubeFailure;
import orrery.server.surface.Workspace;
import orrery.server.workspace.session.Attendance;
import orrery.server.workspace.session.ShellSessions;
import orrery.server.workspace.workspace.Workspaces;

/// A terminal in a workspace: WebSocket subprotocol `cloudshell-v1`, binary [Frame]s only.
///
/// Close codes (RFC 6455 7.4): 1000 the shell ended, 1003 a text frame, 1002 a broken frame, 1008
/// the right to be here is gone, 1011 the workspace does not answer.
@WebSocket(path = TerminalApi.PATH)
@RunOnVirtualThread
@On(Workspace.class)
@Needs(value = "workspace.workspaces.connect", in = Place.HOME_PROJECT)
@TokenScope("workspace:connect:webshell")
public final class TerminalApi {
    static final String PATH = "/api/v1/workspaces/{workspace}/interactive";
    private static final Logger LOG = System.getLogger(TerminalApi.class.getName());
    private static final TypedKey<Attendance> ATTENDANCE =
            new TypedKey<>("orrery.attendance");
    private static final TypedKey<Terminal> TERMINAL = new TypedKey<>("orrery.terminal");

    private final Workspaces workspaces;
    private final ShellSessions sessions;

    public TerminalApi(Workspaces workspaces, ShellSessions sessions) {
        this.workspaces = workspaces;
        this.sessions = sessions;
    }

    @OnOpen
    void open(WebSocketConnection connection, @PathParam String workspace) {
        try {
            var grant = Upgrades.grant(connection);
            var shell = workspaces.shell(grant, workspace);
            var attendance = sessions.begin(
                    grant, workspace, workspaces.get(grant, workspace).blueprint());
            connection.userData().put(ATTENDANCE, attendance);
            var terminal = new Terminal(shell.terminal(), new Explorer(shell),
                    frame -> send(connection, attendance, frame));
            connection.userData().put(TERMINAL, terminal);
            Thread.ofVirtual().name("terminal " + workspace)
                    .start(() -> follow(connection, terminal));
        } catch (Problem.Failure | KubeFailure refusal) {
            connection.sendBinaryAndAwait(FrameCodec.write(
                    new Frame.Failed(String.valueOf(refusal.getMessage()))));
            close(connection, 1011, "the workspace does not answer");
        }
    }

    private static void follow(WebSocketConnection connection, Terminal terminal) {
        try {
            int code = terminal.pump();
            if (connection.isOpen()) {
                close(connection, code < 0 ? 1011 : 1000,
                        code < 0 ? "the shell was cut off" : "the shell ended with " + code);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the person left", e);
        } finally {
            terminal.close();
        }
    }

    @OnBinaryMessage
    void take(Buffer bytes, WebSocketConnection connection) {
        var terminal = connection.userData().get(TERMINAL);
        if (terminal == null) {
            return;
        }
        connection.userData().get(ATTENDANCE).received(bytes.length());
        try {
            var frame = FrameCodec.read(bytes.getBytes());
            // A terminal may stay open for days: each ping asks again whether the credential still
            // counts, and its person may still be here.
            if (frame instanceof Frame.Ping && !Upgrades.mayStill(connection)) {
                close(connection, 1008, "the right to be here is gone");
                return;
            }
            if (frame instanceof Frame.Explore && !mayExplore(connection)) {
                close(connection, 1008, "this token is not good for workspace:connect:webfiles");
                return;
            }
            terminal.take(frame);
        } catch (FrameCodec.BadFrame e) {
            close(connection, 1002, "no cloudshell-v1 frame");
        }
    }

    @OnTextMessage
    void refuse(String text, WebSocketConnection connection) {
        close(connection, 1003, "binary frames only");
    }

    @OnClose
    void leave(WebSocketConnection connection) {
        var terminal = connection.userData().get(TERMINAL);
        if (terminal != null) {
            terminal.close();
        }
        var attendance = connection.userData().get(ATTENDANCE);
        if (attendance != null) {
            attendance.end();
        }
    }

    @OnError
    void fail(RuntimeException e, WebSocketConnection connection) {
        LOG.log(Level.DEBUG, "a terminal failed", e);
        close(connection, 1011, "the workspace does not answer");
    }

    /// The files are a scope of their own: a token may be good for the shell alone.
    private static boolean mayExplore(WebSocketConnection connection) {
        var scopes = Upgrades.grant(connection).principal().scopes();
        return scopes == null || scopes.allow("workspace:connect:webfiles", null);
    }

    private static void send(
            WebSocketConnection connection, Attendance attendance, Frame frame) {
        var bytes = FrameCodec.write(frame);
        connection.sendBinaryAndAwait(bytes);
        attendance.sent(bytes.length);
    }

    private static void close(WebSocketConnection connection, int code, String reason) {
        if (connection.isOpen()) {
            connection.closeAndAwait(new CloseReason(code, reason));
        }
    }
}
