package orrery.server.studio.importer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import orrery.server.studio.diagram.Kind;
import orrery.server.studio.importer.ComposeService.Deployment;
import orrery.server.studio.importer.Compose.Resources;

/// A service's workload: image, command, ports, resources and the like.
final class WorkloadNodes {
    private final Scene scene;
    private final Report report;

    WorkloadNodes(Scene scene) {
        this.scene = scene;
        this.report = scene.report();
    }

    Sketch.Item add(ComposeService service) {
        Kind kind = WorkloadKinds.of(scene, service);
        String name = scene.names().get(service.name());
        Sketch.Item workload = scene.sketch().add(kind, name, service.name());
        ObjectNode data = workload.data();
        if (!name.equals(service.name())) {
            report.approximated(service.path(), "is called '%s': Kubernetes takes small letters,"
                    .formatted(name) + " digits and '-' only");
        }
        image(service, data);
        command(service, data);
        ports(service, data);
        deployment(service, kind, data);
        resources(service, data);
        restart(service, kind, data);
        if (kind == Kind.STATEFULSET) {
            data.put("serviceName", ObjectNames.of(name, "-headless"));
        }
        return workload;
    }

    private void image(ComposeService service, ObjectNode data) {
        String image = service.image() == null
                ? ObjectNames.of(service.name()) + ":latest" : service.image();
        data.put("image", image);
        report.converted(service.path().key("image"), "the container's image");
        if (service.build() != null) {
            report.approximated(service.path().key("build"),
                    "context, Dockerfile, arguments and target stand in the analysis; the node asks"
                            + " for the image '%s', which must be built and pushed first"
                                    .formatted(image));
            scene.warn(service, "its image must be built first; the node asks for '%s'"
                    .formatted(image));
        }
    }

    private void command(ComposeService service, ObjectNode data) {
        if (service.entrypoint() != null) {
            words(service, data.putArray("command"), service.entrypoint(), "entrypoint");
            report.converted(service.path().key("entrypoint"), "the container's command");
        }
        if (service.command() != null) {
            words(service, data.putArray("args"), service.command(), "command");
            report.converted(service.path().key("command"), "the container's arguments");
        }
    }

    /// Kubernetes fills `$(NAME)` in, Compose does not: the dollar is doubled.
    private void words(ComposeService service, ArrayNode list, List<String> words, String key) {
        words.forEach(word -> list.add(
                HostNames.replace(scene, service, key, word).replace("$(", "$$(")));
    }

    private void ports(ComposeService service, ObjectNode data) {
        List<ServicePorts.Port> ports = ServicePorts.inside(scene, service);
        ports.stream().filter(p -> p.protocol().equals("TCP")).findFirst()
                .ifPresent(p -> data.put("port", p.target()));
        if (ports.size() > 1 || ports.stream().anyMatch(p -> !p.protocol().equals("TCP"))) {
            ArrayNode list = data.putArray("ports");
            ports.forEach(p -> list.addObject()
                    .put("containerPort", p.target()).put("protocol", p.protocol()));
        }
    }

    private void deployment(ComposeService service, Kind kind, ObjectNode data) {
        Deployment deployment = service.deployment();
        KeyPath deploy = service.path().key("deploy");
        boolean counts = kind == Kind.DEPLOYMENT || kind == Kind.STATEFULSET;
        if (counts) {
            data.put("replicas", deployment.replicas() == null ? 1 : deployment.replicas());
            report.converted(deploy.key("replicas"), "the number of pods");
            report.converted(service.path().key("scale"), "the number of pods");
        } else {
            report.dropped(deploy.key("replicas"), "a %s has no number of pods"
                    .formatted(kind.kubernetes()));
        }
        if (!deployment.nodeSelector().isEmpty()) {
            ObjectNode selector = data.withObjectProperty("nodeSelector");
            deployment.nodeSelector().forEach(selector::put);
        }
        Placement.tell(report, deploy.key("placement"), deployment.nodeSelector().size());
        Integer parallel = deployment.updateParallelism();
        if (parallel != null && parallel > 0 && kind == Kind.DEPLOYMENT) {
            ObjectNode rolling = data.putObject("strategy").put("type", "RollingUpdate")
                    .putObject("rollingUpdate");
            rolling.put("maxSurge", deployment.startFirst() ? parallel : 0)
                    .put("maxUnavailable", deployment.startFirst() ? 0 : parallel);
        }
        report.approximated(deploy.key("update_config"), "the order and number of pods at a time;"
                + " delay and failure action have no counterpart");
        report.dropped(deploy.key("rollback_config"), "the diagram's versions roll back instead");
        report.dropped(deploy.key("endpoint_mode"), "a Service has a virtual address of its own");
    }

    private void resources(ComposeService service, ObjectNode data) {
        Resources asked = service.deployment().resources();
        ObjectNode limits = data.objectNode();
        ObjectNode requests = data.objectNode();
        put(limits, asked.limitMillicores(), asked.limitBytes());
        put(requests, asked.reservedMillicores(), asked.reservedBytes());
        if (asked.gpus() > 0) {
            limits.put("nvidia.com/gpu", String.valueOf(asked.gpus()));
        }
        if (!limits.isEmpty()) {
            data.withObjectProperty("resources").set("limits", limits);
        }
        if (!requests.isEmpty()) {
            data.withObjectProperty("resources").set("requests", requests);
        }
        KeyPath keys = service.path().key("deploy").key("resources");
        for (KeyPath path : List.of(keys.key("limits").key("cpus"),
                keys.key("limits").key("memory"), keys.key("reservations").key("cpus"),
                keys.key("reservations").key("memory"), service.path().key("cpus"),
                service.path().key("mem_limit"), service.path().key("mem_reservation"))) {
            report.converted(path, "limits and requests of the container");
        }
        report.dropped(keys.key("limits").key("pids"), "belongs to the node's own settings");
        report.dropped(keys.key("reservations").key("generic_resources"),
                "name the resource in the node's resources.limits");
        for (KeyPath path : List.of(keys.key("reservations").key("devices"),
                service.path().key("gpus"))) {
            report.approximated(path, asked.gpus() == 0 ? "no GPU is asked for" : "%d of "
                    .formatted(asked.gpus()) + "nvidia.com/gpu; 'all' counts as one, and driver and"
                    + " device ids are the cluster's to choose");
        }
    }

    private static void put(ObjectNode amounts, long millicores, long bytes) {
        if (millicores > 0) {
            amounts.put("cpu", Units.processors(millicores));
        }
        if (bytes > 0) {
            amounts.put("memory", Units.quantity(bytes));
        }
    }

    private void restart(ComposeService service, Kind kind, ObjectNode data) {
        Deployment deployment = service.deployment();
        String restart = deployment.restart();
        KeyPath policy = service.path().key("deploy").key("restart_policy");
        if (kind == Kind.JOB || kind == Kind.CRONJOB) {
            data.put("restartPolicy", restart == null || restart.equals("no")
                    ? "Never" : "OnFailure");
            if (deployment.attempts() != null || "no".equals(restart)) {
                data.put("backoffLimit",
                        deployment.attempts() == null ? 0 : deployment.attempts());
            }
            report.converted(service.path().key("restart"), "the job's restart policy");
            report.converted(policy, "the job's restart policy and its number of attempts");
            return;
        }
        boolean always = "always".equals(restart) || "unless-stopped".equals(restart);
        for (KeyPath path : List.of(service.path().key("restart"), policy)) {
            if (always) {
                report.converted(path, "Kubernetes always restarts these pods");
            } else {
                report.approximated(path, "Kubernetes always restarts the pods of a %s"
                        .formatted(kind.kubernetes()));
            }
        }
    }
}
