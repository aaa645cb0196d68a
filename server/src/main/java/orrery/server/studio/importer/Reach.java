package orrery.server.studio.importer;

import java.util.LinkedHashSet;
import java.util.Set;

/// Who is reached by others, and by which names. In Compose every service has a host name; in
/// Kubernetes only a Service has one.
final class Reach {
    private Reach() {}

    /// The service's name, and those that its networks, links and container name add.
    static Set<String> namesOf(Scene scene, ComposeService service) {
        Set<String> names = new LinkedHashSet<>();
        names.add(service.name());
        service.networks().values().forEach(names::addAll);
        if (service.process().containerName() != null) {
            names.add(service.process().containerName());
        }
        for (ComposeService other : scene.active().values()) {
            for (String link : other.links()) {
                String[] parts = link.split(":", 2);
                if (parts.length == 2 && parts[0].equals(service.name())) {
                    names.add(parts[1]);
                }
            }
        }
        return names;
    }

    /// Whether anybody may open a connection to the service.
    static boolean isReached(Scene scene, ComposeService service) {
        boolean named = service.networks().values().stream().anyMatch(a -> !a.isEmpty());
        if (named || !service.ports().isEmpty() || !service.expose().isEmpty()) {
            return true;
        }
        return scene.active().values().stream().anyMatch(other ->
                other != service && (other.dependsOn().containsKey(service.name())
                        || other.links().stream().anyMatch(
                                l -> l.split(":", 2)[0].equals(service.name()))
                        || isMentioned(scene, service.name(), other)));
    }

    /// Further names by which others do reach it: aliases that are spoken of, and link aliases.
    static Set<String> aliases(Scene scene, ComposeService service) {
        Set<String> aliases = new LinkedHashSet<>();
        Set<String> links = new LinkedHashSet<>();
        scene.active().values().forEach(s -> links.addAll(s.links()));
        for (String name : namesOf(scene, service)) {
            boolean spoken = scene.active().values().stream()
                    .anyMatch(other -> isMentioned(scene, name, other));
            boolean linked = links.contains(service.name() + ":" + name);
            boolean own = service.networks().values().stream().anyMatch(a -> a.contains(name));
            if ((spoken || linked || own) && !scene.active().containsKey(name)
                    && name.matches("[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")) {
                aliases.add(ObjectNames.of(name));
            }
        }
        aliases.removeAll(scene.names().values());
        return aliases;
    }

    private static boolean isMentioned(Scene scene, String name, ComposeService other) {
        return scene.mentions().get(other.name()).has(name);
    }
}
