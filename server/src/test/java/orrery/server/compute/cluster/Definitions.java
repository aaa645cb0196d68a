package orrery.server.compute.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.KubeView;
import orrery.kit.kube.Stranger;
import orrery.kit.kube.Trees;
import orrery.sim.Sim;
import org.awaitility.Awaitility;

/// KCM's resource definitions: the published ones where they stand beside the checkout, else our
/// own minimal ones.
final class Definitions {
    private static final Path PUBLISHED = Path.of("../../shared/data/kcm-crds");

    private Definitions() {}

    /// Installs them, and waits until they are served.
    static void install(Stranger there, KubeView view) throws IOException {
        for (var definition : Files.isDirectory(PUBLISHED) ? published() : own()) {
            there.create(Trees.read(definition));
        }
        for (var kind : List.of(ClusterDeployments.CLUSTER_DEPLOYMENT,
                ClusterDeployments.CLUSTER_TEMPLATE, ClusterDeployments.SERVICE_TEMPLATE,
                ClusterDeployments.CREDENTIAL)) {
            Awaitility.await(kind.plural()).atMost(Duration.ofSeconds(60))
                    .ignoreException(KubeFailure.class)
                    .until(() -> view.list(kind, null, null).isEmpty());
        }
    }

    private static List<String> published() throws IOException {
        var definitions = new ArrayList<String>();
        try (var files = Files.list(PUBLISHED)) {
            for (var file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
                definitions.add(Files.readString(file));
            }
        }
        return definitions;
    }

    private static List<String> own() throws IOException {
        try (var in = Sim.class.getResourceAsStream("kcm/crds.yaml")) {
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Stream.of(text.split("(?m)^---$")).skip(1).toList();
        }
    }
}
