package orrery.server.surface;

import io.quarkus.websockets.next.OnTextMessage;
import io.quarkus.websockets.next.WebSocket;
import io.smallrye.common.annotation.RunOnVirtualThread;
import orrery.kit.http.On;
import orrery.kit.http.Own;

/// A WebSocket that exists in tests only, for those who are signed in.
@WebSocket(path = "/api/v1/probes/{name}/closed")
@RunOnVirtualThread
@On(Workspace.class)
@Own
public final class ClosedSocketApi {
    @OnTextMessage
    String echo(String text) {
        return text;
    }
}
