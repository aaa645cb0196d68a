package orrery.server.platform.inference;

import java.util.List;
import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.kube.Environment;
import orrery.server.tenancy.project.Labels;
import org.jspecify.annotations.Nullable;

/// An endpoint that somebody asks for. It holds nothing that could not be made.
///
/// @param name `null` for one of ours
/// @param env its environment, which may hold secrets
public record NewEndpoint(
        @Nullable String name,
        @Nullable String displayName,
        @Nullable String description,
        Map<String, String> labels,
        Serving.Model model,
        Serving.Engine engine,
        Serving.Gpu gpu,
        Serving.Replicas replicas,
        Serving.@Nullable Autoscaling autoscaling,
        Serving.Auth auth,
        Map<String, String> env) {

    public NewEndpoint {
        labels = Map.copyOf(labels);
        env = Map.copyOf(env);
        var mistakes = Naming.check(new Mistakes(), name, displayName, description);
        Labels.check(mistakes, "labels", labels);
        ServingRules.model(mistakes, model);
        ServingRules.gpu(mistakes, gpu);
        ServingRules.replicas(mistakes, replicas);
        ServingRules.autoscaling(mistakes, autoscaling);
        ServingRules.together(mistakes, replicas, autoscaling);
        ServingRules.auth(mistakes, auth, engine);
        Environment.check(mistakes, "env", env);
        mistakes.orRefuse();
    }

    Serving serving() {
        return new Serving(model, engine, gpu, replicas, autoscaling, auth,
                Serving.Desired.RUNNING, env.keySet().stream().sorted().toList(), 1);
    }

    @Override
    public String toString() {
        return "NewEndpoint[" + name + ", " + model + ", env=" + List.copyOf(env.keySet()) + "]";
    }
}
