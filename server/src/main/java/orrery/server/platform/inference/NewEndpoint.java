package orrery.server.platform.inference;

import java.util.List;
import java.util.Map;
import orrery.kit.Ids;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.Slug;
import orrery.kit.kube.Environment;
import orrery.server.tenancy.project.Labels;
import org.jspecify.annotations.Nullable;

/// An endpoint that somebody asks for. It holds nothing that could not be made.
///
/// @param name `null` for one of ours
/// @param gpu of each replica; `null` where an instance type says it
/// @param instanceType code of one of the region's; `null` where only GPUs are asked for
/// @param env its environment, which may hold secrets
/// @param clusterId identifier or name of the cluster that it shall run on; `null` for the
///     region's own
public record NewEndpoint(
        @Nullable String name,
        @Nullable String displayName,
        @Nullable String description,
        Map<String, String> labels,
        Serving.Model model,
        Serving.Engine engine,
        Serving.@Nullable Gpu gpu,
        @Nullable String instanceType,
        Serving.Replicas replicas,
        Serving.@Nullable Autoscaling autoscaling,
        Serving.Auth auth,
        Map<String, String> env,
        @Nullable String clusterId) {

    public NewEndpoint {
        labels = Map.copyOf(labels);
        env = Map.copyOf(env);
        var mistakes = Naming.check(new Mistakes(), name, displayName, description);
        Labels.check(mistakes, "labels", labels);
        ServingRules.model(mistakes, model);
        ServingRules.size(mistakes, gpu, instanceType);
        ServingRules.replicas(mistakes, replicas);
        ServingRules.autoscaling(mistakes, autoscaling);
        ServingRules.together(mistakes, replicas, autoscaling);
        ServingRules.auth(mistakes, auth, engine);
        Environment.check(mistakes, "env", env);
        mistakes.check("clusterId", clusterId, it -> Ids.isId(it) || Slug.isSlug(it),
                "must be the identifier or name of a cluster").orRefuse();
    }

    Serving serving(Sizes.Chosen chosen) {
        return new Serving(model, engine, chosen.gpu(), chosen.size(), replicas, autoscaling,
                auth, Serving.Desired.RUNNING, env.keySet().stream().sorted().toList(), 1);
    }

    @Override
    public String toString() {
        return "NewEndpoint[" + name + ", " + model + ", env=" + List.copyOf(env.keySet()) + "]";
    }
}
