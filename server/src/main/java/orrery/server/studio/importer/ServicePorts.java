package orrery.server.studio.importer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The ports of a service: those it names, those that others speak of, and those that its image is
/// known for.
final class ServicePorts {
    /// More than this many ports make no sense in one Service.
    private static final int MOST = 200;

    /// A port of a Kubernetes Service and the container's behind it.
    record Port(int port, int target, String protocol) {}

    private ServicePorts() {}

    /// The container's own ports.
    static List<Port> inside(Scene scene, ComposeService service) {
        Set<Port> ports = new LinkedHashSet<>();
        declared(scene, service, service.ports(), ports);
        declared(scene, service, service.expose(), ports);
        boolean silent = ports.isEmpty();
        for (int port : mentioned(scene, service)) {
            ports.add(new Port(port, port, "TCP"));
        }
        if (silent) {
            KnownImages.ports(service.image()).forEach(p -> ports.add(new Port(p, p, "TCP")));
        }
        if (ports.isEmpty()) {
            own(service).forEach(p -> ports.add(new Port(p, p, "TCP")));
        }
        return new ArrayList<>(ports);
    }

    /// The ports of its Service: the container's own, and the published ones where they differ.
    /// Others inside reach a container by its own port; what is published is for the outside.
    static List<Port> outside(Scene scene, ComposeService service) {
        Map<String, Port> ports = new LinkedHashMap<>();
        inside(scene, service).forEach(p -> ports.put(p.port() + p.protocol(), p));
        for (PortRange range : service.ports()) {
            for (int i = 0; range.published() > 0 && i < Math.min(range.count(), MOST); i++) {
                String protocol = range.protocol().toUpperCase(Locale.ROOT);
                Port port = new Port(range.published() + i, range.target() + i, protocol);
                Port other = ports.putIfAbsent(port.port() + protocol, port);
                if (other != null && other.target() != port.target()) {
                    scene.report().approximated(range.path(), "port %d stays the container's own;"
                            .formatted(other.port()) + " inside the cluster, use " + port.target());
                }
            }
        }
        return ports.values().stream().limit(MOST).toList();
    }

    private static void declared(Scene scene, ComposeService service, List<PortRange> ranges,
            Collection<Port> ports) {
        for (PortRange range : ranges) {
            int room = Math.max(0, MOST - ports.size());
            for (int i = 0; i < Math.min(range.count(), room); i++) {
                int port = range.target() + i;
                ports.add(new Port(port, port, range.protocol().toUpperCase(Locale.ROOT)));
            }
            if (range.count() > room) {
                scene.report().dropped(range.path(), ("%d of its %d ports: Kubernetes has no port"
                        + " ranges, and %d ports are the most for one service").formatted(
                        range.count() - room, range.count(), MOST));
            }
        }
    }

    /// Ports behind one of the service's names in anybody's texts, its own included.
    private static Set<Integer> mentioned(Scene scene, ComposeService service) {
        Set<Integer> ports = new TreeSet<>();
        Set<Integer> published = new TreeSet<>();
        service.ports().forEach(r -> published.add(r.published()));
        for (String name : Reach.namesOf(scene, service)) {
            scene.mentions().values().forEach(m -> ports.addAll(m.portsOf(name)));
        }
        ports.removeAll(published);
        return ports.size() > 20 ? Set.of() : ports;
    }

    /// What the program itself is told to listen on.
    private static List<Integer> own(ComposeService service) {
        return List.of("PORT", "HTTP_PORT", "SERVER_PORT", "APP_PORT", "LISTEN_PORT").stream()
                .map(v -> service.environment().getOrDefault(v, ""))
                .filter(v -> v.matches("[0-9]{2,5}")).map(Integer::valueOf)
                .filter(p -> p <= 65535).distinct().toList();
    }
}
