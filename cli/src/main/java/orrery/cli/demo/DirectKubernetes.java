package orrery.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import orrery.cli.Refused;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Our own small client, for systems without kubectl: lists by token, over TLS.
final class DirectKubernetes implements Kubernetes {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    /// Where each kind stands.
    private static final Map<String, String> GROUPS = Map.of(
            "deployments", "/apis/apps/v1",
            "statefulsets", "/apis/apps/v1");

    private final JsonNode kubeconfig;
    private final HttpClient http;

    DirectKubernetes(String kubeconfig) {
        this.kubeconfig = JSON.valueToTree(new Load(LoadSettings.builder().build())
                .loadFromString(kubeconfig));
        this.http = HttpClient.newBuilder()
                .connectTimeout(TIMEOUT)
                .sslContext(trusting(text("/clusters/0/cluster/certificate-authority-data")))
                .build();
    }

    @Override
    public List<String> list(List<String> kinds) {
        var names = new ArrayList<String>();
        for (var kind : kinds) {
            var list = get(GROUPS.getOrDefault(kind, "/api/v1") + "/" + kind);
            var singular = list.path("kind").asText().replace("List", "");
            for (var item : list.path("items")) {
                var namespace = item.at("/metadata/namespace").asText("");
                names.add(singular + "/" + namespace + "/" + item.at("/metadata/name").asText());
            }
        }
        return names;
    }

    private JsonNode get(String path) {
        var request = HttpRequest.newBuilder(URI.create(text("/clusters/0/cluster/server") + path))
                .header("Authorization", "Bearer " + text("/users/0/user/token"))
                .timeout(TIMEOUT)
                .build();
        try {
            var response = http.send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new Refused(response.statusCode(), "GET %s on the cluster: %d %s".formatted(
                        path, response.statusCode(), response.body()));
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new Refused("the cluster does not answer: " + e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Refused("stopped");
        }
    }

    private String text(String pointer) {
        var value = kubeconfig.at(pointer);
        if (!value.isTextual()) {
            throw new Refused("the kubeconfig has no " + pointer);
        }
        return value.asText();
    }

    private static SSLContext trusting(String base64) {
        try {
            var authorities = CertificateFactory.getInstance("X.509").generateCertificates(
                    new ByteArrayInputStream(Base64.getDecoder().decode(base64)));
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var authority : authorities) {
                store.setCertificateEntry("ca" + store.size(), authority);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new Refused("the kubeconfig's certificate authority cannot be read: " + e);
        }
    }

    @Override
    public String program() {
        return "our own client (no kubectl here)";
    }

    @Override
    public void close() {
        http.close();
    }
}
