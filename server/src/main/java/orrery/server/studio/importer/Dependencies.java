package orrery.server.studio.importer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import orrery.server.studio.importer.Compose.Dependency;

/// `depends_on` and `links` → edges, the one that is waited for first. Its condition stands in the
/// waiting node's data.
final class Dependencies {
    private final Scene scene;

    Dependencies(Scene scene) {
        this.scene = scene;
    }

    void add(ComposeService service, Sketch.Item workload) {
        KeyPath path = service.path().key("depends_on");
        ArrayNode list = workload.data().arrayNode();
        for (Dependency dependency : service.dependsOn().values()) {
            Sketch.Item other = scene.workloads().get(dependency.service());
            if (other == null) {
                scene.report().dropped(path, "'%s' is not converted, so nothing waits for it"
                        .formatted(dependency.service()));
                scene.warn(service, "it depends on '%s', which is not converted"
                        .formatted(dependency.service()));
                continue;
            }
            scene.sketch().edge(other, workload);
            list.addObject().put("nodeId", other.id()).put("condition", word(dependency));
        }
        if (!list.isEmpty()) {
            workload.data().set("dependsOn", list);
            scene.report().approximated(path, "edges: the run waits until the other is healthy, or"
                    + " done, before this one begins; later restarts are not ordered");
        }
        scene.report().convertedUnlessTold(path, "nothing to wait for");
        // Services may link each other, which cannot order them both ways.
        for (String link : service.links()) {
            Sketch.Item other = scene.workloads().get(link.split(":", 2)[0]);
            if (other != null && !scene.sketch().leads(workload, other)) {
                scene.sketch().edge(other, workload);
            }
        }
    }

    private static String word(Dependency dependency) {
        return switch (dependency.condition()) {
            case STARTED -> "service_started";
            case HEALTHY -> "service_healthy";
            case COMPLETED -> "service_completed_successfully";
        };
    }
}
