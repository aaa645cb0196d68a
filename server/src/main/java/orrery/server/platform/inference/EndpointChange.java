package orrery.server.platform.inference;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.http.Patch;
import orrery.kit.kube.Environment;
import orrery.server.tenancy.project.Labels;
import org.jspecify.annotations.Nullable;

/// What an endpoint shall be like, in full: what it was, or what it shall become.
///
/// @param gpu another one for each replica, or `null`
/// @param instanceType another one, or `null`; without both, each replica stays as it is
/// @param env what of its environment changes
public record EndpointChange(
        @Nullable String displayName,
        @Nullable String description,
        Map<String, String> labels,
        Serving.Model model,
        Serving.@Nullable Gpu gpu,
        @Nullable String instanceType,
        Serving.Replicas replicas,
        Serving.@Nullable Autoscaling autoscaling,
        Patch<Map<String, String>> env) {
    public EndpointChange {
        labels = Map.copyOf(labels);
        var mistakes = Naming.check(new Mistakes(), null, displayName, description);
        Labels.check(mistakes, "labels", labels);
        ServingRules.model(mistakes, model);
        if (gpu != null || instanceType != null) {
            ServingRules.size(mistakes, gpu, instanceType);
        }
        ServingRules.replicas(mistakes, replicas);
        ServingRules.autoscaling(mistakes, autoscaling);
        ServingRules.together(mistakes, replicas, autoscaling);
        var said = env.or(null);
        if (said != null) {
            Environment.check(mistakes, "env", said);
        }
        mistakes.orRefuse();
    }

    Serving of(Serving old, Sizes.Chosen chosen) {
        return new Serving(model, old.engine(), chosen.gpu(), chosen.size(), replicas,
                autoscaling, old.auth(), old.desired(), names(old),
                env.isAbsent() ? old.settings() : old.settings() + 1);
    }

    private List<String> names(Serving old) {
        var changed = env.or(old.envNames().stream()
                .collect(Collectors.toMap(name -> name, name -> name)));
        return changed == null ? List.of() : changed.keySet().stream().sorted().toList();
    }

    @Override
    public String toString() {
        return "EndpointChange[" + model + ", " + replicas + "]";
    }
}
