package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Ingress: one or several hosts, each with the same paths unless a path names its own host.
final class IngressObject {
    /// One way in. The port is a number or a port's name.
    private record Route(String host, String path, String pathType, String service, String port) {}

    private IngressObject() {}

    static ObjectNode of(Part part) {
        Fields fields = part.fields();
        ObjectNode ingress = part.object();
        ObjectNode spec = ingress.putObject("spec");
        String ingressClass = fields.text("ingressClassName", "");
        if (!ingressClass.isEmpty()) {
            fields.check("ingressClassName", ingressClass, Rules::isName, Rules.NAME);
            spec.put("ingressClassName", ingressClass);
        }
        List<String> hosts = new ArrayList<>(fields.texts("hosts"));
        if (fields.has("host")) {
            hosts.addFirst(fields.text("host", ""));
        }
        hosts.forEach(host -> checkHost(fields, "host", host));
        List<Route> routes = routes(part, hosts.isEmpty() ? List.of("") : hosts);
        rules(spec.putArray("rules"), routes);
        secure(fields, spec, hosts);
        return ingress;
    }

    private static void checkHost(Fields fields, String field, String host) {
        String name = host.startsWith("*.") ? host.substring(2) : host;
        fields.check(field, name, Rules::isName, "it must be a host name such as www.example.com"
                + " or *.example.com, without port or scheme");
    }

    private static List<Route> routes(Part part, List<String> hosts) {
        Fields fields = part.fields();
        List<Fields> paths = fields.objects("paths");
        List<Route> routes = new ArrayList<>();
        if (paths.isEmpty()) {
            Optional<Node> service = part.wiring().first(part.node(), k -> k == Kind.SERVICE);
            hosts.forEach(host -> routes.add(route(fields, host, service)));
        }
        for (Fields path : paths) {
            Optional<Node> service = serviceOf(part, path);
            if (path.has("host")) {
                checkHost(path, "host", path.text("host", ""));
                routes.add(route(path, path.text("host", ""), service));
            } else {
                hosts.forEach(host -> routes.add(route(path, host, service)));
            }
        }
        return routes;
    }

    /// The service whose edge begins at this path's handle, else the only one there is.
    private static Optional<Node> serviceOf(Part part, Fields path) {
        List<Wiring.Link> links = part.wiring().links(part.node(), k -> k == Kind.SERVICE);
        String id = path.text("id", "");
        Optional<Node> own = links.stream().filter(l -> !id.isEmpty()
                        && (id.equals(l.edge().sourceHandle())
                                || id.equals(l.edge().targetHandle())))
                .map(Wiring.Link::node).findFirst();
        return own.isEmpty() && links.size() == 1
                ? Optional.of(links.getFirst().node()) : own;
    }

    private static Route route(Fields fields, String host, Optional<Node> service) {
        String path = fields.text("path", "/");
        fields.check("path", path, p -> p.startsWith("/"), "it must begin with '/'");
        String name = fields.text("serviceName", service.map(Node::name).orElse(""));
        if (name.isEmpty()) {
            fields.wrong("serviceName", "is missing; name a service, or draw an edge to one");
        }
        String port = fields.text("servicePort",
                service.map(IngressObject::firstPort).orElse("80"));
        if (port.matches("[0-9]+") ? port.length() > 5 || Integer.parseInt(port) < 1
                || Integer.parseInt(port) > 65535 : !Rules.isLabel(port)) {
            fields.wrong("servicePort", "must be a port from 1 to 65535 or a port's name");
        }
        return new Route(host, path, fields.oneOf("pathType", "Prefix",
                "Prefix", "Exact", "ImplementationSpecific"), name, port);
    }

    private static String firstPort(Node service) {
        String several = service.data().path("ports").path(0).path("port").asText("");
        return several.isEmpty() ? service.data().path("port").asText("80") : several;
    }

    private static void rules(ArrayNode rules, List<Route> routes) {
        Set<String> hosts = new LinkedHashSet<>(routes.stream().map(Route::host).toList());
        for (String host : hosts) {
            ObjectNode rule = rules.addObject();
            if (!host.isEmpty()) {
                rule.put("host", host);
            }
            ArrayNode paths = rule.putObject("http").putArray("paths");
            routes.stream().filter(r -> r.host().equals(host)).forEach(route -> {
                ObjectNode port = paths.addObject()
                        .put("path", route.path()).put("pathType", route.pathType())
                        .putObject("backend").putObject("service")
                        .put("name", route.service()).putObject("port");
                if (route.port().matches("[0-9]+")) {
                    port.put("number", Integer.parseInt(route.port()));
                } else {
                    port.put("name", route.port());
                }
            });
        }
    }

    private static void secure(Fields fields, ObjectNode spec, List<String> hosts) {
        if (!fields.flag("tlsEnabled", false)) {
            return;
        }
        ObjectNode tls = spec.putArray("tls").addObject();
        List<String> named = fields.has("tlsHosts") ? fields.texts("tlsHosts") : hosts;
        if (!named.isEmpty()) {
            ArrayNode list = tls.putArray("hosts");
            named.forEach(host -> {
                checkHost(fields, "tlsHosts", host);
                list.add(host);
            });
        }
        String secret = fields.text("tlsSecretName", "");
        if (!secret.isEmpty()) {
            fields.check("tlsSecretName", secret, Rules::isName, Rules.NAME);
            tls.put("secretName", secret);
        }
    }
}
