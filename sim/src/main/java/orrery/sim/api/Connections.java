package orrery.sim.api;

import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Which connections have spoken with which cluster, so that they can be broken.
final class Connections {
    private final Map<HttpConnection, Set<String>> open = new ConcurrentHashMap<>();

    /// Called on the connection's event loop, with every request.
    void note(String cluster, HttpConnection connection) {
        var spokenWith = open.get(connection);
        if (spokenWith == null) {
            spokenWith = ConcurrentHashMap.newKeySet(1);
            open.put(connection, spokenWith);
            connection.closeHandler(gone -> open.remove(connection));
        }
        spokenWith.add(cluster);
    }

    void cut(String cluster) {
        open.forEach((connection, spokenWith) -> {
            if (spokenWith.contains(cluster)) {
                connection.close();
            }
        });
    }
}
