package orrery.server.studio.diagram;

import java.util.Map;

/// What a run knows beside the diagram.
///
/// @param diagramId   goes into the label `orrery.dev/diagram` of every object
/// @param versions    what the target cluster serves
/// @param secrets     values by secret node and key, opened just for this run
/// @param environment values by workload node and variable, over those of the node
public record RunInput(String diagramId, ApiVersions versions,
        Map<String, Map<String, String>> secrets, Map<String, Map<String, String>> environment) {
    /// Copies the maps.
    public RunInput {
        secrets = Map.copyOf(secrets);
        environment = Map.copyOf(environment);
    }

    /// For a diagram without secrets on a current cluster.
    public static RunInput of(String diagramId) {
        return new RunInput(diagramId, ApiVersions.CURRENT, Map.of(), Map.of());
    }

    /// Without the values, so that they never reach a log.
    @Override
    public String toString() {
        return "RunInput[diagramId=%s, versions=%s, secrets of %d nodes, environment of %d nodes]"
                .formatted(diagramId, versions, secrets.size(), environment.size());
    }
}
