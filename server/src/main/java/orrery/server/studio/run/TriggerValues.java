package orrery.server.studio.run;

import java.util.HashMap;
import java.util.Map;
import orrery.kit.db.Json;
import orrery.kit.secret.Secret;
import orrery.server.studio.diagram.ApiVersions;
import orrery.server.studio.diagram.RunInput;
import org.jspecify.annotations.Nullable;

/// Values that a person gives for one run. They are sealed while it lasts and kept nowhere.
///
/// @param secrets by secret node and key
/// @param envVars by workload node and variable
record TriggerValues(
        @Nullable Map<String, Map<String, String>> secrets,
        @Nullable Map<String, Map<String, String>> envVars) {
    static final TriggerValues NONE = new TriggerValues(Map.of(), Map.of());

    TriggerValues {
        secrets = secrets == null ? Map.of() : Map.copyOf(secrets);
        envVars = envVars == null ? Map.of() : Map.copyOf(envVars);
    }

    static TriggerValues read(Secret sealed) {
        return Json.read(sealed.reveal(), TriggerValues.class);
    }

    Secret secret() {
        return Secret.of(Json.write(this));
    }

    /// What a run knows: the values that the diagram keeps, and over them those given for it.
    RunInput over(String diagram, ApiVersions versions, Map<String, Map<String, String>> kept) {
        var all = new HashMap<>(kept);
        if (secrets != null) {
            secrets.forEach((node, values) -> all.merge(node, values, (below, above) -> {
                var merged = new HashMap<>(below);
                merged.putAll(above);
                return merged;
            }));
        }
        return new RunInput(diagram, versions, all, envVars == null ? Map.of() : envVars);
    }

    @Override
    public String toString() {
        return "TriggerValues[***]";
    }
}
