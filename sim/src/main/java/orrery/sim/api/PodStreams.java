package orrery.sim.api;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// Who carries the streams of pods. The API server authenticates, authorises and finds the pod;
/// the request then belongs to the callee, which answers it or upgrades it.
///
/// The request is paused and not yet upgraded: `http.toWebSocket()` takes the WebSocket with the
/// subprotocol that was agreed (`v5.channel.k8s.io`, `v4.channel.k8s.io`,
/// `SPDY/3.1+portforward.k8s.io`, …; see `ServerWebSocket.subProtocol()`), `http.toNetSocket()`
/// the bare connection for clients that speak SPDY. Called on the request's event loop:
/// nothing may block there. A [orrery.sim.type.Refusal] thrown is answered as a `Status`.
public interface PodStreams {
    /// One authorised request.
    ///
    /// @param query `container`, `command` (repeated), `stdin`, `tty`, `follow`, `ports`, …
    record PodRequest(Cluster cluster, Item pod, MultiMap query, HttpServerRequest http) {}

    void log(PodRequest request);

    void exec(PodRequest request);

    void attach(PodRequest request);

    void portForward(PodRequest request);

    /// The cluster whose pod a connection is from; empty for everybody else's. Such a connection
    /// is shown this cluster alone, at the root path, as pods expect it.
    ///
    /// @param address of the connection's other end
    default Optional<String> clusterOf(String address, int port) {
        return Optional.empty();
    }
}
