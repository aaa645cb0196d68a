package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Stranger;
import orrery.kit.kube.Trees;
import orrery.sim.identity.Keys;

/// An operator's validating admission webhook for one kind, asked by a real API server whenever an
/// object is made or changed.
final class Webhook implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpsServer server;
    private final Function<ObjectNode, Optional<String>> denial;

    /// @param there  where it is registered
    /// @param denial why an object is denied; empty for one that is not
    Webhook(Stranger there, Kind kind, Function<ObjectNode, Optional<String>> denial)
            throws IOException {
        this.denial = denial;
        var keys = new Keys(Files.createTempDirectory(Path.of("target"), "webhook"), "127.0.0.1",
                Clock.systemUTC(), new SecureRandom());
        server = HttpsServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(keys)));
        server.setExecutor(threads);
        server.createContext("/", this::review);
        server.start();
        there.create(Trees.read("""
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingWebhookConfiguration
                metadata: {name: kcm}
                webhooks:
                - name: validation.%s.%s
                  admissionReviewVersions: [v1]
                  sideEffects: None
                  clientConfig: {url: "https://127.0.0.1:%d/", caBundle: %s}
                  rules:
                  - apiGroups: [%s]
                    apiVersions: [%s]
                    operations: [CREATE, UPDATE]
                    resources: [%s]
                """.formatted(kind.plural(), kind.group(), server.getAddress().getPort(),
                        Base64.getEncoder().encodeToString(keys.authorityPem()), kind.group(),
                        kind.version(), kind.plural())));
    }

    private static SSLContext tls(Keys keys) throws IOException {
        try {
            var password = keys.storePassword().toCharArray();
            var store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(keys.serverStore()), password);
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, password);
            var context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void review(HttpExchange exchange) throws IOException {
        try (exchange) {
            var review = (ObjectNode) JSON.readTree(exchange.getRequestBody());
            var request = review.path("request");
            var why = request.path("object") instanceof ObjectNode object
                    && !object.path("metadata").has("deletionTimestamp")
                            ? denial.apply(object) : Optional.<String>empty();
            var response = review.putObject("response")
                    .put("uid", request.path("uid").asText()).put("allowed", why.isEmpty());
            why.ifPresent(it -> response.putObject("status").put("code", 403).put("message", it));
            var answer = JSON.writeValueAsBytes(review.retain("apiVersion", "kind", "response"));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
