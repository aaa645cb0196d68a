package orrery.server.compute.kubeconfig;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/// What a kubeconfig stands on in its cluster: a service account, and a binding of one of the
/// cluster's standard roles to it. Both have the kubeconfig's identifier in their name.
final class AccessObjects {
    static final String NAMESPACE = "orrery-access";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String RBAC = "rbac.authorization.k8s.io";

    private AccessObjects() {}

    /// Names are lower case there. Two identifiers that differ in case only do not occur.
    static String name(String id) {
        return id.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static ObjectNode namespace() {
        var object = NODES.objectNode().put("apiVersion", "v1").put("kind", "Namespace");
        object.putObject("metadata").put("name", NAMESPACE);
        return object;
    }

    static ObjectNode serviceAccount(Kubeconfig kubeconfig) {
        var object = NODES.objectNode().put("apiVersion", "v1").put("kind", "ServiceAccount")
                .put("automountServiceAccountToken", false);
        label(object.putObject("metadata").put("namespace", NAMESPACE), kubeconfig);
        return object;
    }

    static ObjectNode binding(Kubeconfig kubeconfig) {
        var object = NODES.objectNode()
                .put("apiVersion", RBAC + "/v1").put("kind", "ClusterRoleBinding");
        label(object.putObject("metadata"), kubeconfig);
        object.putObject("roleRef").put("apiGroup", RBAC).put("kind", "ClusterRole")
                .put("name", kubeconfig.role().clusterRole());
        object.putArray("subjects").addObject().put("kind", "ServiceAccount")
                .put("name", name(kubeconfig.id())).put("namespace", NAMESPACE);
        return object;
    }

    private static void label(ObjectNode metadata, Kubeconfig kubeconfig) {
        metadata.put("name", name(kubeconfig.id())).putObject("labels")
                .put("orrery.dev/kubeconfig", kubeconfig.id())
                .put("orrery.dev/user", kubeconfig.issuedFor());
    }
}
