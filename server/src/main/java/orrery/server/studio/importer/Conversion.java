package orrery.server.studio.importer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import orrery.server.studio.diagram.Node;
import orrery.server.studio.diagram.Position;

/// Compose model → nodes, edges and report, one step a line.
final class Conversion {
    private final ComposeReader.Read read;
    private final Scene scene;

    private Conversion(ComposeReader.Read read, ComposeSource source, Supplier<String> ids) {
        this.read = read;
        Map<String, ComposeService> active = new LinkedHashMap<>();
        read.compose().services().forEach((name, service) -> {
            if (isActive(service, source.profiles()) && hasImage(service)) {
                active.put(name, service);
            }
        });
        Map<String, Mentions> mentions = new LinkedHashMap<>();
        active.forEach((name, service) -> mentions.put(name, Mentions.of(service)));
        this.scene = new Scene(read.compose(), source, new Report(read.tree()),
                new Sketch(ids, source.namespace()), active, Scene.namesOf(active), mentions,
                new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>());
    }

    static Imported convert(ComposeReader.Read read, ComposeSource source, Supplier<String> ids) {
        return new Conversion(read, source, ids).convert();
    }

    private Imported convert() {
        top();
        read.unset().forEach(name -> scene.warnings().add(
                "The variable %s is not set; it became empty".formatted(name)));
        read.compose().services().values().forEach(this::leaveOut);
        workloads();
        Dependencies dependencies = new Dependencies(scene);
        scene.active().forEach((name, service) ->
                dependencies.add(service, scene.workloads().get(name)));
        unused();
        return new Imported(analysis(), scene.sketch().secrets());
    }

    private void workloads() {
        var workloads = new WorkloadNodes(scene);
        var environment = new EnvironmentNodes(scene);
        var files = new FileNodes(scene);
        var storage = new Storage(scene);
        var services = new ServiceNodes(scene);
        scene.active().forEach((name, service) -> {
            Sketch.Item workload = workloads.add(service);
            scene.workloads().put(name, workload);
            environment.add(service, workload);
            files.mount(service, workload);
            List<String> dropped = storage.mount(service, workload);
            HealthProbes.add(scene, service, workload.data(), dropped);
            PodSettings.add(scene, service, workload.data());
            Security.add(scene, service, workload.data());
            services.add(service, workload);
            ConverterLabels.apply(scene, service, workload);
            Details.tell(scene.report(), service);
            ServiceKeys.DROPPED.forEach((key, why) ->
                    scene.report().dropped(service.path().key(key), why));
        });
    }

    private void top() {
        Report report = scene.report();
        report.dropped(KeyPath.of("version"), "the version says nothing any more");
        report.approximated(KeyPath.of("name"), "the name of the diagram");
        report.dropped(KeyPath.of("include"), "the included files did not come along");
        report.dropped(KeyPath.of("models"), "there is no counterpart; deploy a model server");
        read.compose().networks().keySet().forEach(network -> report.approximated(
                KeyPath.of("networks", network), "all pods of the namespace reach each other; draw"
                        + " network policies to keep them apart"));
    }

    private void leaveOut(ComposeService service) {
        if (!isActive(service, scene.source().profiles())) {
            String profiles = String.join(", ", service.profiles());
            scene.report().dropped(service.path(), "belongs to the profile %s, which is not active"
                    .formatted(profiles));
            scene.warn(service, "left out: its profile (%s) is not active".formatted(profiles));
        } else if (!hasImage(service)) {
            scene.report().dropped(service.path(), "has neither an image nor a build");
            scene.errors().add(new Analysis.Error("SERVICE_NO_IMAGE",
                    "line %d: service '%s' has neither an image nor a build; give it one".formatted(
                            service.line(), service.name()), service.name(), "image"));
        } else {
            scene.report().converted(service.path().key("profiles"), "active");
            scene.report().converted(service.path().key("extends"), "worked in");
        }
    }

    private void unused() {
        read.compose().volumes().keySet().forEach(key -> scene.report().unlessTold(
                KeyPath.of("volumes", key), "no converted service uses it"));
        read.compose().secrets().keySet().forEach(key -> scene.report().unlessTold(
                KeyPath.of("secrets", key), "no converted service uses it"));
        read.compose().configs().keySet().forEach(key -> scene.report().unlessTold(
                KeyPath.of("configs", key), "no converted service uses it"));
        Details.tell(scene.report(), read.compose());
    }

    private Analysis analysis() {
        List<Node> nodes = scene.sketch().nodes();
        Map<String, Position> positions = nodes.stream().collect(Collectors.toMap(
                Node::id, Node::position, (a, b) -> a, LinkedHashMap::new));
        boolean build = scene.active().values().stream().anyMatch(s -> s.build() != null);
        return new Analysis("docker-compose",
                read.compose().services().values().stream().map(AnalysisView::service).toList(),
                read.compose().volumes().values().stream().map(AnalysisView::volume).toList(),
                read.compose().networks().values().stream().map(AnalysisView::network).toList(),
                List.copyOf(scene.warnings()), List.copyOf(scene.errors()), nodes,
                scene.sketch().edges(), positions, build, scene.report().finish());
    }

    private static boolean isActive(ComposeService service, Set<String> profiles) {
        return service.profiles().isEmpty() || profiles.contains("*")
                || service.profiles().stream().anyMatch(profiles::contains);
    }

    private static boolean hasImage(ComposeService service) {
        return service.image() != null || service.build() != null;
    }
}
