package orrery.server.compute.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.access.Grant;
import orrery.kit.http.Json;
import orrery.kit.kube.Kind;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.KubeView;
import orrery.server.tenancy.region.ProjectNamespace;
import org.jspecify.annotations.Nullable;

/// What a region can make: versions of Kubernetes, values of templates, services. It is asked
/// before a run begins; when it does not answer nobody knows, and the run finds out.
@Singleton
final class Offers {
    private static final Kind CONFIG_MAP = new Kind("", "v1", "ConfigMap", "configmaps", true);

    private final Management management;

    Offers(Management management) {
        this.management = management;
    }

    /// Refuses what the region does not offer to a project.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] naming all that is wrong
    void verify(Grant grant, String region, NewCluster asked) {
        if (asked.kubernetesVersion() == null && asked.setup().equals(Setup.PLAIN)) {
            return;
        }
        ask(() -> {
            var view = management.view(grant, region);
            var namespace = ProjectNamespace.name(grant.scope().requireProject());
            var offered = templates(view, namespace);
            var mistakes = new ArrayList<Mistake>();
            version(mistakes, region, asked.kubernetesVersion(), offered);
            var version = asked.kubernetesVersion() == null ? "" : asked.kubernetesVersion();
            Template.choose(offered, version).flatMap(chosen -> offered.stream()
                            .filter(it -> Template.of(it).name().equals(chosen.name())).findFirst())
                    .ifPresent(template -> config(mistakes, view, template, asked.setup()));
            credential(mistakes, view, namespace, asked.setup().credential());
            services(mistakes, view, namespace, asked.setup().services());
            return mistakes;
        });
    }

    /// Refuses services and values that the region does not offer to a cluster that is there.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] naming all that is wrong
    void verify(Grant grant, Cluster cluster, Setup to) {
        ask(() -> {
            var view = management.view(grant, cluster.region());
            var namespace = ProjectNamespace.name(cluster.projectId());
            var mistakes = new ArrayList<Mistake>();
            if (cluster.template() != null && cluster.plan() == null) {
                view.find(ClusterDeployments.CLUSTER_TEMPLATE, namespace, cluster.template())
                        .ifPresent(template -> config(mistakes, view, template, to));
            }
            services(mistakes, view, namespace, to.services());
            return mistakes;
        });
    }

    private static void ask(Supplier<List<Mistake>> question) {
        try {
            var mistakes = question.get();
            if (!mistakes.isEmpty()) {
                throw new Problem.Unprocessable(mistakes).raise();
            }
        } catch (KubeFailure unknown) {
            if (!unknown.mayPass() && unknown.status() != 404) {
                throw unknown;
            }
        }
    }

    /// What is offered in the project's namespace; before the project has one, what is anywhere: it
    /// will be offered some of that.
    private static List<ObjectNode> templates(KubeView view, String namespace) {
        var kind = ClusterDeployments.CLUSTER_TEMPLATE;
        var own = view.list(kind, namespace, null);
        return (own.isEmpty() ? view.list(kind, null, null) : own).stream()
                .filter(it -> it.at("/status/valid").asBoolean()).toList();
    }

    /// The names in the project's namespace. Before there is anything in it nobody knows what it
    /// will be offered; what other projects have is nothing to this one.
    private static List<String> names(KubeView view, Kind kind, String namespace) {
        return view.list(kind, namespace, null).stream()
                .map(it -> it.at("/metadata/name").asText()).toList();
    }

    private static void version(List<Mistake> mistakes, String region, @Nullable String version,
            List<ObjectNode> templates) {
        var offered = templates.stream().map(Template::of).map(Template::version)
                .filter(KubernetesVersion::isOne).distinct().toList();
        if (version != null && !offered.isEmpty() && offered.stream().noneMatch(
                it -> KubernetesVersion.of(it).equals(KubernetesVersion.of(version)))) {
            mistakes.add(new Mistake("kubernetesVersion", "is not offered in region " + region
                    + "; offered are " + String.join(", ", offered.stream().sorted().toList())));
        }
    }

    private static void config(
            List<Mistake> mistakes, KubeView view, ObjectNode template, Setup setup) {
        var name = template.at("/status/schemaConfigMapName").asText("");
        if (name.isEmpty() || setup.values().isEmpty()) {
            return;
        }
        view.find(CONFIG_MAP, template.at("/metadata/namespace").asText(), name)
                .map(map -> map.at("/data/schema").asText(""))
                .flatMap(Offers::tree)
                .ifPresent(schema -> mistakes.addAll(
                        ConfigSchema.mistakes(schema, setup.values(), "config")));
    }

    private static Optional<JsonNode> tree(String text) {
        try {
            return Optional.ofNullable(Json.shared().readTree(text));
        } catch (JsonProcessingException notOne) {
            // The operator's affair; Helm has the last word on values anyway.
            return Optional.empty();
        }
    }

    private static void credential(List<Mistake> mistakes, KubeView view, String namespace,
            @Nullable String asked) {
        if (asked == null) {
            return;
        }
        var offered = names(view, ClusterDeployments.CREDENTIAL, namespace);
        if (!offered.isEmpty() && !offered.contains(asked)) {
            mistakes.add(new Mistake("credential", "is none that this project is offered"));
        }
    }

    private static void services(List<Mistake> mistakes, KubeView view, String namespace,
            List<Service> services) {
        var offered = services.isEmpty() ? List.<String>of()
                : names(view, ClusterDeployments.SERVICE_TEMPLATE, namespace);
        for (int i = 0; i < services.size() && !offered.isEmpty(); i++) {
            if (!offered.contains(services.get(i).template())) {
                mistakes.add(new Mistake("services[" + i + "].template",
                        "is no service template that this project is offered"));
            }
        }
    }
}
