package orrery.sim.property;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import orrery.sim.type.Json;

/// The ConfigMaps of one namespace of one cluster, over HTTP.
final class Kubernetes implements AutoCloseable {
    private static final long PATIENCE = 60;
    private static final String PATH = "/api/v1/namespaces/default/configmaps";

    private final KubernetesClient client;
    private final String base;

    Kubernetes(String kubeconfig) {
        Config config = Config.fromKubeconfig(kubeconfig);
        config.setRequestRetryBackoffLimit(0);
        client = new KubernetesClientBuilder().withConfig(config).build();
        base = config.getMasterUrl().replaceAll("/$", "") + PATH;
    }

    /// An answer; `code` 0 when there was none.
    record Reply(int code, JsonNode body) {
        static final Reply NONE = new Reply(0, Json.object());

        boolean good() {
            return code == 200 || code == 201;
        }

        long version() {
            return body.at("/metadata/resourceVersion").asLong();
        }
    }

    Reply get(String rest) {
        return send("GET", rest, null, null);
    }

    Reply post(ObjectNode object) {
        return send("POST", "", "application/json", object);
    }

    Reply put(String name, ObjectNode object) {
        return send("PUT", "/" + name, "application/json", object);
    }

    Reply merge(String name, JsonNode patch) {
        return send("PATCH", "/" + name, "application/merge-patch+json", patch);
    }

    Reply strategic(String name, JsonNode patch) {
        return send("PATCH", "/" + name, "application/strategic-merge-patch+json", patch);
    }

    Reply jsonPatch(String name, JsonNode patch) {
        return send("PATCH", "/" + name, "application/json-patch+json", patch);
    }

    Reply apply(String name, String manager, ObjectNode object) {
        return send("PATCH", "/" + name + "?force=true&fieldManager=" + manager,
                "application/apply-patch+yaml", object);
    }

    Reply delete(String name, ObjectNode options) {
        return send("DELETE", "/" + name, "application/json", options);
    }

    private Reply send(String method, String rest, String type, JsonNode body) {
        try {
            HttpResponse<byte[]> answer = client.getHttpClient()
                    .sendAsync(request(method, rest, type, body), byte[].class)
                    .get(PATIENCE, TimeUnit.SECONDS);
            return new Reply(answer.code(), Json.read(answer.body()));
        } catch (ExecutionException killed) {
            return Reply.NONE;
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException("no answer to " + method + " " + rest, e);
        }
    }

    /// The lines of a watch; to be closed.
    ///
    /// @throws IOException when nobody answers
    InputStream watch(String query) throws IOException {
        try {
            return client.getHttpClient()
                    .sendAsync(request("GET", "?watch=1" + query, null, null), InputStream.class)
                    .get(PATIENCE, TimeUnit.SECONDS).body();
        } catch (ExecutionException killed) {
            throw new IOException(killed);
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException("no answer to a watch", e);
        }
    }

    private HttpRequest request(String method, String rest, String type, JsonNode body) {
        HttpRequest.Builder request = client.getHttpClient().newHttpRequestBuilder()
                .uri(base + rest).timeout(PATIENCE, TimeUnit.SECONDS);
        if (body == null) {
            return request.method(method, null, null).build();
        }
        byte[] bytes = Json.write(body);
        return request.method(method, type, new ByteArrayInputStream(bytes), bytes.length)
                .build();
    }

    @Override
    public void close() {
        client.close();
    }
}
