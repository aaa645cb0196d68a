package orrery.server.studio.importer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What all steps of a conversion share. Its collections grow while it goes on.
///
/// @param active    the services of the active profiles that have an image or a build
/// @param names     the name in Kubernetes by service
/// @param mentions  the hosts that each active service speaks of
/// @param workloads the workload's node by service
record Scene(Compose compose, ComposeSource source, Report report, Sketch sketch,
        Map<String, ComposeService> active, Map<String, String> names,
        Map<String, Mentions> mentions, Map<String, Sketch.Item> workloads,
        List<String> warnings, List<Analysis.Error> errors) {

    /// The active services, and their names, unique among workloads.
    static Map<String, String> namesOf(Map<String, ComposeService> active) {
        Map<String, String> names = new LinkedHashMap<>();
        active.keySet().forEach(service -> names.put(service,
                ObjectNames.free(ObjectNames.of(service), names::containsValue)));
        return names;
    }

    /// A warning that names the service.
    void warn(ComposeService service, String message) {
        warnings.add("Service '%s': %s".formatted(service.name(), message));
    }
}
