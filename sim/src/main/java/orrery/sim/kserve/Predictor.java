package orrery.sim.kserve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.operator.Owners;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// The Deployment and the Service behind one InferenceService.
///
/// The container is the predictor's own where it has containers, else that of the runtime which
/// the model names or which supports its format.
record Predictor(Cluster cluster, Item service) {
    private static final String CONTAINER = "kserve-container";
    private static final int PORT = 8080;
    private static final String[] POD_FIELDS = {"nodeSelector", "affinity", "tolerations",
        "volumes", "serviceAccountName", "imagePullSecrets", "priorityClassName"};

    String name() {
        return service.name() + "-predictor";
    }

    int replicas() {
        return stopped() ? 0 : Math.max(0, spec().path("minReplicas").asInt(1));
    }

    /// Whether somebody stopped it, which is not the same as having scaled it to nothing.
    boolean stopped() {
        return service.tree().path("metadata").path("annotations").path(Kserve.STOP).asText()
                .equals("true");
    }

    /// Why it cannot be served: reason and message.
    Optional<String[]> mistake() {
        if (!spec().path("containers").isEmpty()) {
            return Optional.empty();
        }
        var model = spec().path("model");
        if (!model.isObject()) {
            return Optional.of(new String[] {"InvalidPredictorSpec",
                "Exactly one of model or containers must be specified in predictor"});
        }
        if (runtime().isPresent()) {
            return Optional.empty();
        }
        var named = model.path("runtime").asText();
        return Optional.of(named.isEmpty()
                ? new String[] {"NoSupportingRuntime", "No runtime found to support predictor with"
                        + " model type: " + model.path("modelFormat").path("name").asText()}
                : new String[] {"RuntimeNotRecognized", "Waiting for runtime to become available: "
                        + named});
    }

    /// Brings both objects to what the InferenceService says.
    void apply() {
        put(new Key("deployments.apps", service.namespace(), name()), object -> {
            var spec = Json.child(object, "spec").put("replicas", replicas());
            spec.putObject("selector").putObject("matchLabels").put("app", label());
            var template = spec.putObject("template");
            template.putObject("metadata").putObject("labels").put("app", label())
                    .put("serving.kserve.io/inferenceservice", service.name())
                    .put("component", "predictor");
            pod(template.putObject("spec"));
        });
        put(new Key("services", service.namespace(), name()), object -> {
            var spec = Json.child(object, "spec");
            spec.putObject("selector").put("app", label());
            spec.putArray("ports").addObject().put("name", "http").put("port", 80)
                    .put("targetPort", PORT).put("protocol", "TCP");
        });
    }

    private String label() {
        return "isvc." + name();
    }

    private void pod(ObjectNode spec) {
        for (var field : POD_FIELDS) {
            if (spec().has(field)) {
                spec.set(field, spec().path(field).deepCopy());
            }
        }
        var containers = spec.putArray("containers");
        if (!spec().path("containers").isEmpty()) {
            spec().path("containers").forEach(one -> containers.add(one.deepCopy()));
            return;
        }
        var runtime = runtime().orElseThrow().tree().path("spec");
        runtime.path("containers").forEach(one -> containers.add(one.deepCopy()));
        var container = containers.isEmpty() ? containers.addObject().put("name", CONTAINER)
                : (ObjectNode) containers.get(0);
        var model = spec().path("model");
        for (var field : new String[] {"args", "env"}) {
            model.path(field).forEach(one -> container.withArray(field).add(one.deepCopy()));
        }
        for (var field : new String[] {"resources", "image", "command"}) {
            if (model.has(field)) {
                container.set(field, model.path(field).deepCopy());
            }
        }
        var uri = model.path("storageUri").asText();
        if (!uri.isEmpty()) {
            container.withArray("env").addObject().put("name", "STORAGE_URI").put("value", uri);
        }
    }

    private Optional<Item> runtime() {
        var model = spec().path("model");
        var named = model.path("runtime").asText();
        if (!named.isEmpty()) {
            return cluster.get(Kserve.RUNTIMES, service.namespace(), named)
                    .or(() -> cluster.get(Kserve.CLUSTER_RUNTIMES, "", named));
        }
        var format = model.path("modelFormat").path("name").asText();
        return cluster.list(Kserve.RUNTIMES, service.namespace()).stream()
                .filter(one -> supports(one, format)).findFirst()
                .or(() -> cluster.list(Kserve.CLUSTER_RUNTIMES, "").stream()
                        .filter(one -> supports(one, format)).findFirst());
    }

    private static boolean supports(Item runtime, String format) {
        for (var one : runtime.tree().path("spec").path("supportedModelFormats")) {
            if (one.path("name").asText().equals(format) && one.path("autoSelect").asBoolean()) {
                return true;
            }
        }
        return false;
    }

    private JsonNode spec() {
        return service.tree().path("spec").path("predictor");
    }

    /// Written over what is there; what others added (a default, a revision) stays.
    private void put(Key key, Consumer<ObjectNode> edit) {
        var by = Write.by(Kserve.MANAGER);
        if (cluster.get(key.type(), key.namespace(), key.name()).isEmpty()) {
            var object = Json.object();
            Owners.own(service, object);
            Json.child(object, "metadata").put("name", key.name());
            edit.accept(object);
            cluster.create(key.type(), object, by);
            return;
        }
        cluster.change(key.type(), key.namespace(), key.name(), by, object -> {
            edit.accept(object);
            return object;
        });
    }
}
