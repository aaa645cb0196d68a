package orrery.server.platform.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.http.Patch;
import org.jspecify.annotations.Nullable;

/// What the cloud family sends about stacks.
final class StackBody {
    private StackBody() {}

    /// The body of a POST.
    record New(
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            @Nullable Map<String, String> labels,
            Stack.Kind kind,
            @Nullable String clusterTemplate,
            @Nullable List<StackSpec.Service> serviceTemplates,
            @Nullable String kubernetesVersion,
            @Nullable ObjectNode parametersSchema,
            @Nullable ObjectNode defaults,
            @Nullable ObjectNode values,
            @Nullable List<StackSpec.Pool> pools,
            @Nullable Map<String, JsonNode> instanceTypes,
            @Nullable Map<String, String> parameterKeys,
            @Nullable List<String> regions,
            @Nullable List<String> upgradesTo) {
        New {
            new NewStack(name, displayName, description, labels, kind, new StackSpec(
                    clusterTemplate, serviceTemplates, kubernetesVersion, parametersSchema,
                    defaults, values, pools, instanceTypes, parameterKeys), regions, upgradesTo);
        }

        NewStack input() {
            return new NewStack(name, displayName, description, labels, kind, new StackSpec(
                    clusterTemplate, serviceTemplates, kubernetesVersion, parametersSchema,
                    defaults, values, pools, instanceTypes, parameterKeys), regions, upgradesTo);
        }
    }

    /// The body of a PATCH. What is absent stays.
    record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<Map<String, String>> labels,
            Patch<Stack.Kind> kind,
            Patch<String> clusterTemplate,
            Patch<List<StackSpec.Service>> serviceTemplates,
            Patch<String> kubernetesVersion,
            Patch<ObjectNode> parametersSchema,
            Patch<ObjectNode> defaults,
            Patch<ObjectNode> values,
            Patch<List<StackSpec.Pool>> pools,
            Patch<Map<String, JsonNode>> instanceTypes,
            Patch<Map<String, String>> parameterKeys,
            Patch<List<String>> regions,
            Patch<List<String>> upgradesTo) {
        Change {
            Naming.check(new Mistakes(), null, displayName.or(null), description.or(null))
                    .unless(Stream.of(displayName, description, labels, kind, clusterTemplate,
                                    serviceTemplates, kubernetesVersion, parametersSchema,
                                    defaults, values, pools, instanceTypes, parameterKeys,
                                    regions, upgradesTo).anyMatch(it -> !it.isAbsent()),
                            "body", "must change something")
                    .unless(!(kind instanceof Patch.Clear), "kind", "cannot be cleared")
                    .orRefuse();
        }

        NewStack of(Stack old) {
            var spec = old.spec();
            return new NewStack(null, displayName.or(old.displayName()),
                    description.or(old.description()), labels.or(old.labels()),
                    kind.or(old.kind()), new StackSpec(
                            clusterTemplate.or(spec.clusterTemplate()),
                            serviceTemplates.or(spec.serviceTemplates()),
                            kubernetesVersion.or(spec.kubernetesVersion()),
                            parametersSchema.or(spec.parametersSchema()),
                            defaults.or(spec.defaults()), values.or(spec.values()),
                            pools.or(spec.pools()), instanceTypes.or(spec.instanceTypes()),
                            parameterKeys.or(spec.parameterKeys())),
                    regions.or(old.regions()), upgradesTo.or(old.upgradesTo()));
        }
    }
}
