package orrery.server.workspace.workspace;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import orrery.server.workspace.blueprint.Blueprint;

/// The Kubernetes objects of a workspace: its volumes, which outlive a stop, and its pod.
///
/// The pod meets the `restricted` Pod Security Standard: an ordinary user, no capabilities, no
/// escalation, the runtime's seccomp profile; and no token for the cluster, because a workspace
/// acts for a person and not for the cluster. It has a service account of its own, without rights,
/// whose token proves to us, and to nobody else, which workspace it is.
record WorkspaceObjects(
        String name, String namespace, String username, String runId, Blueprint blueprint) {
    /// The one container; terminals and file transfers run in it.
    static final String CONTAINER = "workspace";

    /// Where the pod finds it, as the file `token`.
    static final String TOKENS = "/var/run/secrets/orrery";

    /// The kubelet puts a new one in its place in time.
    private static final int TOKEN_SECONDS = 3_600;

    private static final int USER_ID = 1000;
    /// Keeps the pod alive without work and ends at once when asked to.
    private static final String IDLE =
            "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $!; done";

    /// The namespace of all workspaces of a cluster; it lets no pod in that asks for more than
    /// ours do.
    ObjectNode surroundings() {
        var object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", "v1").put("kind", "Namespace");
        object.putObject("metadata").put("name", namespace).putObject("labels")
                .put("pod-security.kubernetes.io/enforce", "restricted");
        return object;
    }

    /// One claim per storage of the blueprint.
    List<ObjectNode> volumes() {
        var claims = new ArrayList<ObjectNode>();
        new TreeMap<>(blueprint.storages()).forEach((storage, wanted) -> {
            var claim = object("v1", "PersistentVolumeClaim", claimName(storage));
            var spec = claim.putObject("spec");
            spec.putArray("accessModes").add("ReadWriteOnce");
            spec.putObject("resources").putObject("requests").put("storage", wanted.size());
            claims.add(claim);
        });
        return claims;
    }

    String claimName(String storage) {
        return "pvc-" + name + "-" + storage;
    }

    /// What the pod runs as.
    ObjectNode account() {
        var account = object("v1", "ServiceAccount", name);
        account.put("automountServiceAccountToken", false);
        return account;
    }

    ObjectNode pod() {
        var pod = object("v1", "Pod", name);
        var spec = pod.putObject("spec");
        spec.put("restartPolicy", "OnFailure");
        spec.put("serviceAccountName", name);
        spec.put("automountServiceAccountToken", false);
        spec.put("enableServiceLinks", false);
        spec.put("terminationGracePeriodSeconds", 5);
        spec.put("hostname", name);
        var security = spec.putObject("securityContext");
        security.put("runAsNonRoot", true);
        security.put("runAsUser", USER_ID).put("runAsGroup", USER_ID).put("fsGroup", USER_ID);
        security.putObject("seccompProfile").put("type", "RuntimeDefault");
        var container = spec.putArray("containers").addObject();
        container.put("name", CONTAINER).put("image", blueprint.image());
        container.put("imagePullPolicy", "IfNotPresent");
        container.putArray("command").add("/bin/sh").add("-c").add(IDLE);
        container.put("workingDir", home());
        environment(container);
        var resources = container.putObject("resources");
        resources.putObject("limits").put("cpu", blueprint.cpu()).put("memory", blueprint.memory());
        resources.putObject("requests").put("cpu", "100m").put("memory", "128Mi");
        var restricted = container.putObject("securityContext");
        restricted.put("allowPrivilegeEscalation", false);
        restricted.putObject("capabilities").putArray("drop").add("ALL");
        mounts(spec, container);
        return pod;
    }

    /// Where the person lands: the storage named `home`, else the root directory.
    String home() {
        var home = blueprint.storages().get("home");
        return home == null ? "/" : home.path();
    }

    private void environment(ObjectNode container) {
        var variables = new TreeMap<>(blueprint.env());
        variables.put("HOME", home());
        variables.put("USERNAME", username);
        variables.put("WORKSPACE", name);
        variables.put("BLUEPRINT", blueprint.name());
        variables.put("ORRERY_TOKEN_FILE", TOKENS + "/token");
        var env = container.putArray("env");
        variables.forEach((key, value) -> env.addObject().put("name", key).put("value", value));
    }

    private void mounts(ObjectNode spec, ObjectNode container) {
        var mounts = container.putArray("volumeMounts");
        var volumes = spec.putArray("volumes");
        new TreeMap<>(blueprint.storages()).forEach((storage, wanted) -> {
            mounts.addObject().put("name", storage).put("mountPath", wanted.path());
            volumes.addObject().put("name", storage)
                    .putObject("persistentVolumeClaim").put("claimName", claimName(storage));
        });
        mounts.addObject().put("name", "orrery-token").put("mountPath", TOKENS)
                .put("readOnly", true);
        volumes.addObject().put("name", "orrery-token").putObject("projected")
                .putArray("sources").addObject().putObject("serviceAccountToken")
                .put("audience", Workspaces.AUDIENCE).put("expirationSeconds", TOKEN_SECONDS)
                .put("path", "token");
    }

    private ObjectNode object(String apiVersion, String kind, String objectName) {
        var object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", apiVersion).put("kind", kind);
        var metadata = object.putObject("metadata");
        metadata.put("name", objectName).put("namespace", namespace);
        metadata.putObject("labels")
                .put("app.kubernetes.io/managed-by", "orrery")
                .put("k8shell.io/canonical-id", name)
                .put("k8shell.io/username", username)
                .put("k8shell.io/blueprint", blueprint.name())
                .put("k8shell.io/job-id", runId);
        return object;
    }
}
