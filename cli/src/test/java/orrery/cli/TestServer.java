package orrery.cli;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;

/// A real HTTP server on a free port, with one handler.
final class TestServer implements AutoCloseable {
    private final HttpServer server;

    TestServer(int port, HttpHandler handler) throws IOException {
        server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
        server.createContext("/", handler);
        server.start();
    }

    TestServer(HttpHandler handler) throws IOException {
        this(0, handler);
    }

    int port() {
        return server.getAddress().getPort();
    }

    Api api(Duration patience) {
        return Api.at(URI.create("http://127.0.0.1:" + port()), UUID::randomUUID, patience);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
