package orrery.server;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;

/// In the clear, HTTP/1.1 only. A client that offers to change to HTTP/2 there, as Java's does,
/// has a body above 64 KiB refused before any of us sees the request; and a proxy that passes such
/// an offer on does not see what follows it. With TLS, HTTP/2 is agreed on before the first byte.
@Singleton
class ClearText implements HttpServerOptionsCustomizer {
    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        options.setHttp2ClearTextEnabled(false);
    }
}
