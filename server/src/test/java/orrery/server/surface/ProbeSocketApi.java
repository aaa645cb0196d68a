package orrery.server.surface;

import io.quarkus.websockets.next.OnTextMessage;
import io.quarkus.websockets.next.PathParam;
import io.quarkus.websockets.next.WebSocket;
import io.quarkus.websockets.next.WebSocketConnection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.kit.http.Upgrades;

/// A WebSocket that exists in tests only.
@WebSocket(path = "/api/v1/probes/{name}/socket")
@RunOnVirtualThread
@On(Workspace.class)
@Open
public final class ProbeSocketApi {
    @OnTextMessage
    String echo(String text, @PathParam String name, WebSocketConnection connection) {
        return name + " " + text + " " + Upgrades.grant(connection).principal().id();
    }
}
