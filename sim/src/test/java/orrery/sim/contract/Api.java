package orrery.sim.contract;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import orrery.sim.Options;
import orrery.sim.Sim;
import orrery.sim.type.Json;

/// The API server that the contract is checked on: the one that is [Given], or that the system
/// property `contract.kubeconfig` names, else a simulated region of our own.
final class Api {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicInteger LAST = new AtomicInteger();
    private static final Api SHARED = open();

    private final Path kubeconfig;
    private final Config config;
    private final HttpClient http;
    private final KubernetesClient client;

    private Api(Path kubeconfig) throws IOException, GeneralSecurityException {
        this.kubeconfig = kubeconfig;
        this.config = Config.fromKubeconfig(Files.readString(kubeconfig));
        this.http = HttpClient.newBuilder().sslContext(trusting(config.getCaCertData()))
                .connectTimeout(PATIENCE).build();
        this.client = new KubernetesClientBuilder().withConfig(config).build();
    }

    static Api shared() {
        return SHARED;
    }

    private static Api open() {
        try {
            Optional<Given> given = ServiceLoader.load(Given.class).findFirst();
            if (given.isPresent()) {
                return new Api(given.get().kubeconfig());
            }
            String named = System.getProperty("contract.kubeconfig");
            if (named != null) {
                return new Api(Path.of(named));
            }
            Path folder = Files.createTempDirectory(Path.of("target"), "contract-");
            Sim sim = Sim.start(new Options(folder.toAbsolutePath(), 0, "127.0.0.1"),
                    Clock.systemUTC(), new SecureRandom());
            Runtime.getRuntime().addShutdownHook(new Thread(sim::close));
            return new Api(sim.kubeconfig());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("no API server to check", e);
        }
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    KubernetesClient client() {
        return client;
    }

    /// Whether it is a simulated region.
    boolean isSimulated() {
        return get("/version").text("/gitVersion").endsWith("-sim");
    }

    /// Which version of Kubernetes it is: 32 for 1.32.
    int minor() {
        return Integer.parseInt(get("/version").text("/minor").replaceAll("\\D.*", ""));
    }

    /// The administrator's bearer token.
    String token() {
        String fixed = config.getOauthToken();
        return fixed != null ? fixed : config.getAutoOAuthToken();
    }

    /// A fresh namespace of its own.
    String namespace() {
        String name = "contract-" + System.currentTimeMillis() + "-" + LAST.incrementAndGet();
        Reply made = post("/api/v1/namespaces", """
                {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"%s"}}""".formatted(name));
        if (made.code() != 201) {
            throw new IllegalStateException("no namespace: " + made.body());
        }
        return name;
    }

    /// Waits until pods can be made in a namespace: older servers refuse them until its default
    /// account has a token.
    void awaitPods(String namespace) {
        await().atMost(Duration.ofSeconds(120)).until(() ->
                post("/api/v1/namespaces/" + namespace + "/pods?dryRun=All", """
                        {"metadata":{"name":"first"},"spec":{"containers":[
                         {"name":"c","image":"x"}]}}""").code() == 201);
    }

    /// An answer.
    record Reply(int code, JsonNode body) {
        String reason() {
            return body.path("reason").asText();
        }

        String text(String pointer) {
            return body.at(pointer).asText();
        }
    }

    Reply get(String path) {
        return send("GET", path, "", "");
    }

    Reply post(String path, String json) {
        return send("POST", path, "application/json", json);
    }

    Reply put(String path, String json) {
        return send("PUT", path, "application/json", json);
    }

    Reply delete(String path, String options) {
        return send("DELETE", path, "application/json", options);
    }

    Reply apply(String path, String manager, String yaml) {
        return send("PATCH", path + (path.contains("?") ? "&" : "?") + "fieldManager=" + manager,
                "application/apply-patch+yaml", yaml);
    }

    Reply send(String method, String path, String contentType, String body) {
        return send(method, path, contentType, body.getBytes(StandardCharsets.UTF_8),
                token());
    }

    Reply send(String method, String path, String contentType, byte[] body, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(PATIENCE)
                .method(method, body.length == 0 ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(body));
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<byte[]> answer =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            boolean json = answer.headers().firstValue("Content-Type").orElse("")
                    .startsWith("application/json");
            return new Reply(answer.statusCode(),
                    json ? Json.read(answer.body()) : Json.mapper().nullNode());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The lines of a watch, as they come; to be closed.
    java.util.stream.Stream<JsonNode> watch(String path) {
        try {
            return http.send(HttpRequest.newBuilder(uri(path))
                            .header("Authorization", "Bearer " + token()).build(),
                    HttpResponse.BodyHandlers.ofLines()).body()
                    .map(line -> Json.read(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private URI uri(String path) {
        return URI.create(config.getMasterUrl().replaceAll("/$", "") + path);
    }

    private static SSLContext trusting(String authority)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(Base64.getDecoder().decode(authority))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
