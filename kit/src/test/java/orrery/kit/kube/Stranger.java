package orrery.kit.kube;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Somebody who writes to a cluster and is not us: no fence, no mark, no field manager of ours.
public final class Stranger {
    private final KubeClients clients;
    private final KubeTarget target;

    public Stranger(KubeClients clients, KubeTarget target) {
        this.clients = clients;
        this.target = target;
    }

    public ObjectNode create(ObjectNode object) {
        return send("POST", object, kind(object)
                .path(object.at("/metadata/namespace").asText(null)), "application/json");
    }

    /// Merges into an object's status, as its controller would.
    public void status(Kind kind, String namespace, String name, ObjectNode status) {
        var patch = KubeClient.JSON.createObjectNode();
        patch.set("status", status);
        send("PATCH", patch, kind.path(namespace, name) + "/status",
                "application/merge-patch+json");
    }

    public void merge(Kind kind, String namespace, String name, ObjectNode patch) {
        send("PATCH", patch, kind.path(namespace, name), "application/merge-patch+json");
    }

    /// Makes or changes an object so that it says this, and nothing else that was applied before.
    ///
    /// @param dryRun whether only to find out if that is allowed
    public ObjectNode apply(ObjectNode object, boolean dryRun) {
        return (ObjectNode) clients.client(target).send(KubeCall.apply(path(object), object)
                .with("fieldManager", "stranger").with("force", "true")
                .with("dryRun", dryRun ? "All" : null));
    }

    /// Replaces an object's status, unless the object was changed since it was read.
    public void replaceStatus(ObjectNode object) {
        send("PUT", object, path(object) + "/status", "application/json");
    }

    public void remove(Kind kind, String namespace, String name) {
        send("DELETE", KubeClient.JSON.createObjectNode(), kind.path(namespace, name),
                "application/json");
    }

    /// A token of a service account.
    ///
    /// @param pod what it is bound to: name and UID; `null` for nothing
    public String token(
            String namespace, String account, String audience, @Nullable Map<String, String> pod) {
        var ask = KubeClient.JSON.createObjectNode()
                .put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenRequest");
        var spec = ask.putObject("spec").put("expirationSeconds", 600);
        spec.putArray("audiences").add(audience);
        if (pod != null) {
            var bound = spec.putObject("boundObjectRef").put("kind", "Pod").put("apiVersion", "v1");
            pod.forEach(bound::put);
        }
        return send("POST", ask, Kind.SERVICE_ACCOUNT.path(namespace, account) + "/token",
                "application/json").at("/status/token").asText();
    }

    private ObjectNode send(String method, ObjectNode body, String path, String type) {
        return (ObjectNode) clients.client(target)
                .send(new KubeCall(method, path, Map.of(), type, body.toString()));
    }

    private String path(ObjectNode object) {
        return kind(object).path(object.at("/metadata/namespace").asText(null),
                object.at("/metadata/name").asText());
    }

    private Kind kind(ObjectNode object) {
        return clients.view(target)
                .kind(object.path("apiVersion").asText(), object.path("kind").asText())
                .orElseThrow();
    }
}
