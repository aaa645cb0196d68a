package orrery.server.studio.importer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Services that wait for each other in a circle: depth first, each named once.
final class Circles {
    private final Map<String, ComposeService> services;
    private final Map<String, Place> places;
    private final Set<String> done = new HashSet<>();
    private final List<String> path = new ArrayList<>();

    private Circles(Map<String, ComposeService> services, Map<String, Place> places) {
        this.services = services;
        this.places = places;
    }

    static void check(Map<String, ComposeService> services, Map<String, Place> places) {
        Circles circles = new Circles(services, places);
        services.keySet().forEach(circles::visit);
    }

    private void visit(String name) {
        int before = path.indexOf(name);
        if (before >= 0 && path.size() - before > 1) {
            List<String> names = new ArrayList<>(path.subList(before, path.size()));
            names.add(name);
            places.get(path.getLast()).get("depends_on").wrong(
                    "the services wait for each other in a circle: %s; remove one of them"
                            .formatted(String.join(" → ", names)));
        }
        if (before < 0 && services.containsKey(name) && done.add(name)) {
            path.add(name);
            services.get(name).dependsOn().keySet().forEach(this::visit);
            path.removeLast();
        }
    }
}
