package orrery.sim.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import orrery.sim.fault.Phases;
import orrery.sim.operator.Events;
import orrery.sim.operator.Manifests;
import orrery.sim.operator.Operator;
import orrery.sim.operator.Timing;
import orrery.sim.store.Cluster;
import orrery.sim.store.Gate;
import orrery.sim.store.Item;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;

/// The names that Kubeflow's trainer uses, and its operator. It plays on every cluster that has
/// its definitions.
public final class Training {
    static final String GROUP = "trainer.kubeflow.org";
    static final String JOBS = "trainjobs." + GROUP;
    static final String RUNTIMES = "trainingruntimes." + GROUP;
    static final String CLUSTER_RUNTIMES = "clustertrainingruntimes." + GROUP;
    static final String MANAGER = "kubeflow-trainer-controller-manager";

    private Training() {}

    /// Its definitions, and a runtime for each framework.
    public static Manifests manifests() {
        return Manifests.read(Training.class, "crds.yaml", "runtimes.yaml");
    }

    public static List<Operator> operators(Timing timing, Events events, Clock clock) {
        return List.of(new TrainJobs(
                new Phases("training", timing, clock), timing, events, clock));
    }

    /// What its admission webhook denies: a job whose runtime is not there.
    public static Gate gate() {
        return Training::review;
    }

    private static void review(Cluster cluster, ResourceType type, Item old, ObjectNode object) {
        if (!type.key().equals(JOBS) || old != null) {
            return;
        }
        var metadata = object.path("metadata");
        var reference = object.path("spec").path("runtimeRef");
        if (runtime(cluster, metadata.path("namespace").asText(), object).isEmpty()) {
            throw Refusal.invalid(type.ref(metadata.path("name").asText()),
                    List.of(new Refusal.Cause("FieldValueInvalid", "Invalid value: \""
                            + reference.path("name").asText() + "\": the training runtime must be"
                            + " created before the TrainJob", "spec.runtimeRef")));
        }
    }

    static Optional<Item> runtime(Cluster cluster, String namespace,
            JsonNode job) {
        var reference = job.path("spec").path("runtimeRef");
        boolean own = reference.path("kind").asText().equals("TrainingRuntime");
        return own ? cluster.get(RUNTIMES, namespace, reference.path("name").asText())
                : cluster.get(CLUSTER_RUNTIMES, "", reference.path("name").asText());
    }
}
