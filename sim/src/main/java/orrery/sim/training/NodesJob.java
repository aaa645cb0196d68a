package orrery.sim.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import orrery.sim.fault.Faults;
import orrery.sim.operator.Owners;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// The Job that runs a TrainJob's nodes: the runtime's replicated job `node`, with what the
/// TrainJob says of image, command, resources and number laid over it.
///
/// @param usual how long a pod without a command of its own trains
record NodesJob(Item training, JsonNode runtime, Duration usual) {
    static final String NODE = "node";

    /// How long a simulated pod that should end by itself takes; see the kubelet.
    private static final String RUNS_FOR = "orrery.dev/runs-for";
    private static final String BEHAVIOUR = "orrery.dev/behaviour";

    static String name(Item training) {
        return training.name() + "-node-0";
    }

    void create(Cluster cluster) {
        cluster.create("jobs.batch", object(), Write.by(Training.MANAGER));
    }

    ObjectNode object() {
        var job = Json.object();
        Owners.own(training, job);
        var metadata = Json.child(job, "metadata").put("name", name(training));
        Json.child(metadata, "labels").put("jobset.sigs.k8s.io/jobset-name", training.name())
                .put("jobset.sigs.k8s.io/replicatedjob-name", NODE);
        var from = template();
        var spec = job.putObject("spec");
        spec.put("backoffLimit", from.path("backoffLimit").asInt(0));
        int nodes = Math.max(1, trainer().path("numNodes").asInt(
                runtime.at("/spec/mlPolicy/numNodes").asInt(1)));
        spec.put("parallelism", nodes).put("completions", nodes)
                .put("completionMode", "Indexed");
        var template = spec.putObject("template");
        pod(template, from.path("template"));
        return job;
    }

    private JsonNode trainer() {
        return training.tree().path("spec").path("trainer");
    }

    private JsonNode template() {
        for (var one : runtime.at("/spec/template/spec/replicatedJobs")) {
            if (one.path("name").asText().equals(NODE)) {
                return one.path("template").path("spec");
            }
        }
        return Json.object();
    }

    private void pod(ObjectNode template, JsonNode from) {
        if (from.isObject()) {
            template.setAll((ObjectNode) from.deepCopy());
        }
        var labels = Json.child(Json.child(template, "metadata"), "labels");
        training.tree().path("spec").path("labels").properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        labels.put("jobset.sigs.k8s.io/jobset-name", training.name());
        lasts(labels);
        var spec = Json.child(template, "spec");
        if (!spec.has("restartPolicy")) {
            spec.put("restartPolicy", "Never");
        }
        var containers = spec.withArray("containers");
        var container = containers.isEmpty() ? containers.addObject().put("name", NODE)
                : (ObjectNode) containers.get(0);
        for (var field : new String[] {"image", "command", "args", "env"}) {
            if (trainer().has(field)) {
                container.set(field, trainer().path(field).deepCopy());
            }
        }
        if (trainer().has("resourcesPerNode")) {
            container.set("resources", trainer().path("resourcesPerNode").deepCopy());
        }
        if (!container.has("image")) {
            container.put("image", "sim-trainer");
        }
        override(spec);
    }

    /// Where the TrainJob wants its pods, and what it gives to their containers.
    private void override(ObjectNode spec) {
        for (var override : training.tree().path("spec").path("podTemplateOverrides")) {
            for (var target : override.path("targetJobs")) {
                if (target.path("name").asText().equals(NODE)) {
                    override.path("spec").properties().forEach(field -> {
                        if (field.getKey().equals("containers")) {
                            give(spec, field.getValue());
                        } else {
                            spec.set(field.getKey(), field.getValue().deepCopy());
                        }
                    });
                }
            }
        }
    }

    /// Containers are overridden by name, and get variables and mounts beside their own.
    private static void give(ObjectNode spec, JsonNode overrides) {
        for (var container : spec.withArray("containers")) {
            for (var override : overrides) {
                if (override.path("name").equals(container.path("name"))) {
                    for (var field : new String[] {"env", "volumeMounts"}) {
                        override.path(field).forEach(one -> ((ObjectNode) container)
                                .withArray(field).add(one.deepCopy()));
                    }
                }
            }
        }
    }

    /// A fault in `running` is the operator's to end: the pods stay until then.
    private void lasts(ObjectNode labels) {
        var faults = Faults.of(training);
        if (labels.has(RUNS_FOR) || labels.has(BEHAVIOUR)) {
            return;
        }
        if (faults.interferes("running")) {
            labels.put(BEHAVIOUR, "stand-in");
        } else {
            labels.put(RUNS_FOR, (long) (usual.toMillis() * faults.slowness("running")) + "ms");
        }
    }
}
