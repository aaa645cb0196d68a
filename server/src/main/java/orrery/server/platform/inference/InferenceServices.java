package orrery.server.platform.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import orrery.kit.kube.Environment;
import orrery.kit.kube.Kind;
import orrery.server.tenancy.region.ProjectNamespace;

/// How an endpoint of ours looks in the management cluster: an InferenceService of KServe in the
/// project's namespace, and a Secret with its environment.
final class InferenceServices {
    static final Kind KIND = new Kind("serving.kserve.io", "v1beta1", "InferenceService",
            "inferenceservices", true);

    /// The label that finds our objects again.
    static final String ENDPOINT = "orrery.dev/inference";

    /// KServe's container in each pod.
    static final String CONTAINER = "kserve-container";

    /// The variable that holds the key.
    static final String API_KEY = Environment.OURS + "API_KEY";

    /// Scales a service to nothing while it is `true`.
    private static final String STOP = "serving.kserve.io/stop";
    private static final String LINGERS =
            "autoscaling.knative.dev/scale-to-zero-pod-retention-period";
    private static final String GPU = "nvidia.com/gpu";

    private InferenceServices() {}

    static String namespace(Endpoint endpoint) {
        return ProjectNamespace.name(endpoint.projectId());
    }

    /// A selector of the pods that serve it.
    static String pods(Endpoint endpoint) {
        return "serving.kserve.io/inferenceservice=" + Endpoint.objectName(endpoint.id());
    }

    /// The Secret of one number of settings. Each has its own: pods keep what they began with, so
    /// only another name lets them begin anew.
    static String secretName(Endpoint endpoint, Serving serving) {
        return Endpoint.objectName(endpoint.id()) + "-" + serving.settings();
    }

    static ObjectNode secret(Endpoint endpoint, Serving serving, Map<String, String> settings) {
        return Environment.secret(namespace(endpoint), secretName(endpoint, serving),
                labels(endpoint), settings);
    }

    private static Map<String, String> labels(Endpoint endpoint) {
        return Map.of(ENDPOINT, endpoint.id(), ProjectNamespace.PROJECT, endpoint.projectId(),
                ProjectNamespace.ORGANIZATION, endpoint.organizationId());
    }

    /// The service as it shall be.
    static ObjectNode of(Endpoint endpoint, Serving serving) {
        var object = JsonNodeFactory.instance.objectNode()
                .put("apiVersion", KIND.apiVersion()).put("kind", KIND.kind());
        var metadata = object.putObject("metadata")
                .put("name", Endpoint.objectName(endpoint.id()))
                .put("namespace", namespace(endpoint));
        var labels = metadata.putObject("labels");
        endpoint.labels().forEach(labels::put);
        labels(endpoint).forEach(labels::put);
        var annotations = metadata.putObject("annotations")
                .put("orrery.dev/name", endpoint.name())
                // Said in any case: else whoever else says it would have the last word.
                .put(STOP, Boolean.toString(serving.isStopped()));
        var predictor = object.putObject("spec").putObject("predictor");
        scale(predictor, serving, annotations);
        pod(predictor, endpoint, serving);
        return object;
    }

    private static void scale(ObjectNode predictor, Serving serving, ObjectNode annotations) {
        predictor.put("minReplicas", serving.replicas().min())
                .put("maxReplicas", serving.replicas().max());
        var autoscaling = serving.autoscaling();
        if (autoscaling != null) {
            predictor.put("scaleMetric", autoscaling.metric().name().toLowerCase(Locale.ROOT))
                    .put("scaleTarget", autoscaling.target());
            if (autoscaling.scaleToZeroAfterSeconds() != null) {
                annotations.put(LINGERS, autoscaling.scaleToZeroAfterSeconds() + "s");
            }
        }
    }

    private static void pod(ObjectNode predictor, Endpoint endpoint, Serving serving) {
        // A model's code has no business with the cluster that serves it.
        predictor.put("automountServiceAccountToken", false);
        if (serving.gpu().type() != null) {
            predictor.putObject("nodeSelector").put("nvidia.com/gpu.product", serving.gpu().type());
        }
        if (serving.gpu().count() > 0) {
            predictor.putArray("tolerations").addObject().put("key", GPU)
                    .put("operator", "Exists").put("effect", "NoSchedule");
        }
        var model = predictor.putObject("model").put("storageUri", serving.model().uri());
        model.putObject("modelFormat")
                .put("name", serving.engine().name().toLowerCase(Locale.ROOT));
        var resources = model.putObject("resources");
        amounts(resources.putObject("limits"), serving);
        amounts(resources.putObject("requests"), serving);
        var names = new ArrayList<>(serving.envNames());
        if (serving.auth().mode() == Serving.Auth.Mode.API_KEY) {
            names.add(API_KEY);
            model.putArray("args").add("--api-key").add("$(" + API_KEY + ")");
        }
        if (!names.isEmpty()) {
            model.set("env", Environment.from(secretName(endpoint, serving), names));
        }
    }

    private static void amounts(ObjectNode of, Serving serving) {
        var size = serving.size();
        if (size != null) {
            of.put("cpu", Integer.toString(size.cpuCores())).put("memory", size.ramGb() + "Gi");
        }
        if (serving.gpu().count() > 0) {
            of.put(size == null || size.gpuDevice() == null ? GPU : size.gpuDevice(),
                    Integer.toString(serving.gpu().count()));
        }
    }

    /// Whether somebody else changed what a user asks us for: what we say is to be found in it.
    static boolean isChanged(ObjectNode found, ObjectNode wanted) {
        return !holds(found.path("spec"), wanted.path("spec"))
                || isStopped(found) != isStopped(wanted);
    }

    private static boolean isStopped(JsonNode service) {
        return service.path("metadata").path("annotations").path(STOP).asText().equals("true");
    }

    private static boolean holds(JsonNode found, JsonNode wanted) {
        if (wanted.isObject()) {
            return wanted.propertyStream()
                    .allMatch(field -> holds(found.path(field.getKey()), field.getValue()));
        }
        if (wanted.isArray()) {
            return found.size() == wanted.size() && all(found, wanted);
        }
        return found.asText().equals(wanted.asText());
    }

    private static boolean all(JsonNode found, JsonNode wanted) {
        for (int i = 0; i < wanted.size(); i++) {
            if (!holds(found.path(i), wanted.path(i))) {
                return false;
            }
        }
        return true;
    }
}
