package orrery.server.platform.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import orrery.kit.kube.Environment;
import orrery.kit.kube.Kind;
import orrery.server.platform.training.Training.Priority;
import orrery.server.tenancy.region.ProjectNamespace;

/// How a training job of ours looks in the management cluster: a TrainJob of Kubeflow's trainer in
/// the project's namespace, and a Secret with its environment.
final class TrainJobs {
    static final Kind KIND =
            new Kind("trainer.kubeflow.org", "v1alpha1", "TrainJob", "trainjobs", true);

    /// The label that finds our objects again.
    static final String TRAINING = "orrery.dev/training";

    /// The container in each pod, and the part of the runtime that it is in.
    static final String NODE = "node";

    private static final String GPU = "nvidia.com/gpu";
    /// Kueue's, where it admits jobs: all of a job's nodes at a time.
    private static final String QUEUE = "kueue.x-k8s.io/queue-name";
    private static final String PRIORITY = "kueue.x-k8s.io/priority-class";

    private TrainJobs() {}

    static String namespace(Training training) {
        return ProjectNamespace.name(training.projectId());
    }

    /// A selector of the pods that are its nodes.
    static String pods(Training training) {
        return "jobset.sigs.k8s.io/jobset-name=" + Training.objectName(training.id());
    }

    static ObjectNode secret(Training training, Map<String, String> env) {
        return Environment.secret(namespace(training), Training.objectName(training.id()),
                labels(training), env);
    }

    static ObjectNode files(Training training, Map<String, String> secrets) {
        return Environment.secret(namespace(training), SecretFiles.secretName(training),
                labels(training), secrets);
    }

    private static Map<String, String> labels(Training training) {
        return Map.of(TRAINING, training.id(), ProjectNamespace.PROJECT, training.projectId(),
                ProjectNamespace.ORGANIZATION, training.organizationId());
    }

    /// The job as it shall be from now on, whatever others said of whether it runs. Where Kueue
    /// admits jobs, `suspend` is its own: that a job shall run is said by silence then.
    static ObjectNode of(Training training, boolean isQueued) {
        var object = of(training);
        if (training.desired() == Training.Desired.RUNNING && !isQueued) {
            object.withObjectProperty("spec").put("suspend", false);
        }
        return object;
    }

    /// The job as it is made.
    static ObjectNode of(Training training) {
        var object = JsonNodeFactory.instance.objectNode()
                .put("apiVersion", KIND.apiVersion()).put("kind", KIND.kind());
        var metadata = object.putObject("metadata")
                .put("name", Training.objectName(training.id()))
                .put("namespace", namespace(training));
        var labels = metadata.putObject("labels");
        training.labels().forEach(labels::put);
        labels(training).forEach(labels::put);
        if (training.priority() != Priority.NORMAL) {
            labels.put(PRIORITY, "orrery-" + training.priority().name().toLowerCase(Locale.ROOT));
        }
        metadata.putObject("annotations").put("orrery.dev/name", training.name());
        var spec = object.putObject("spec");
        if (training.desired() == Training.Desired.SUSPENDED) {
            spec.put("suspend", true);
        }
        spec.putObject("runtimeRef").put("apiGroup", KIND.group())
                .put("kind", "ClusterTrainingRuntime").put("name", runtime(training.work()));
        trainer(spec.putObject("trainer"), training);
        if (training.work().gpusPerNode() > 0 || hasFolders(training.work())) {
            override(spec.putArray("podTemplateOverrides").addObject(), training);
        }
        return object;
    }

    private static String runtime(Work work) {
        return switch (work.framework()) {
            case PYTORCH -> "torch-distributed";
            case JAX -> "jax-distributed";
            case MPI -> "mpi-distributed";
            case CUSTOM -> "plain-distributed";
        };
    }

    private static void trainer(ObjectNode trainer, Training training) {
        var work = training.work();
        trainer.put("image", work.image()).put("numNodes", work.nodes());
        words(trainer, "command", work.command());
        words(trainer, "args", work.args());
        if (!work.envNames().isEmpty()) {
            ArrayNode env = Environment.from(
                    Training.objectName(training.id()), work.envNames());
            trainer.set("env", env);
        }
        if (work.gpusPerNode() > 0) {
            var count = Integer.toString(work.gpusPerNode());
            var resources = trainer.putObject("resourcesPerNode");
            resources.putObject("limits").put(GPU, count);
            resources.putObject("requests").put(GPU, count);
        }
    }

    private static void words(ObjectNode trainer, String field, List<String> words) {
        if (!words.isEmpty()) {
            words.forEach(trainer.putArray(field)::add);
        }
    }

    private static void override(ObjectNode override, Training training) {
        override.putArray("targetJobs").addObject().put("name", NODE);
        var spec = override.putObject("spec");
        var work = training.work();
        if (work.gpuType() != null) {
            spec.putObject("nodeSelector").put("nvidia.com/gpu.product", work.gpuType());
        }
        if (work.gpusPerNode() > 0) {
            spec.putArray("tolerations").addObject().put("key", GPU).put("operator", "Exists")
                    .put("effect", "NoSchedule");
        }
        if (hasFolders(work)) {
            var volumes = spec.putArray("volumes");
            var mounts = spec.putArray("containers").addObject().put("name", NODE)
                    .putArray("volumeMounts");
            if (!work.secretsRef().isEmpty()) {
                SecretFiles.mount(volumes, mounts, training);
            }
            VolumeFolders.mount(volumes, mounts, work);
        }
    }

    private static boolean hasFolders(Work work) {
        return !work.secretsRef().isEmpty() || !VolumeFolders.all(work).isEmpty();
    }

    /// Whether Kueue decides when it runs.
    static boolean isQueued(JsonNode job) {
        return !job.path("metadata").path("labels").path(QUEUE).asText().isEmpty();
    }
}
