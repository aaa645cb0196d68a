package orrery.server.compute.cluster;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.stream.Collectors;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.access.Grant;
import orrery.kit.kube.KubeFailure;
import org.jspecify.annotations.Nullable;

/// Which versions of Kubernetes a region can make.
@Singleton
final class Offers {
    private final Management management;

    Offers(Management management) {
        this.management = management;
    }

    /// Refuses a version that no valid template of the region has. When the management cluster is
    /// away nobody knows, and the run finds out.
    ///
    /// @param version `null` for any
    /// @throws Problem.Failure [Problem.Unprocessable] naming what is offered
    void verify(Grant grant, String region, @Nullable String version) {
        if (version == null) {
            return;
        }
        try {
            var offered = management.view(grant, region)
                    .list(ClusterDeployments.CLUSTER_TEMPLATE, null, null).stream()
                    .filter(template -> template.at("/status/valid").asBoolean())
                    .map(Template::of)
                    .filter(template -> KubernetesVersion.isOne(template.version()))
                    .toList();
            var wanted = KubernetesVersion.of(version);
            boolean known = offered.stream()
                    .anyMatch(t -> KubernetesVersion.of(t.version()).equals(wanted));
            if (!offered.isEmpty() && !known) {
                throw new Problem.Unprocessable(List.of(new Mistake("kubernetesVersion",
                        "is not offered in region " + region + "; offered are "
                                + offered.stream().map(Template::version).distinct().sorted()
                                        .collect(Collectors.joining(", "))))).raise();
            }
        } catch (KubeFailure unknown) {
            if (!unknown.mayPass() && unknown.status() != 404) {
                throw unknown;
            }
        }
    }
}
