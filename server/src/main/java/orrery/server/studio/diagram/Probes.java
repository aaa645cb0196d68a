package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// The three probes of a container, in Kubernetes' own shape; numbers may stand in quotes, and
/// `{path, port}` alone means an HTTP request.
final class Probes {
    private static final List<String> PROBES =
            List.of("startupProbe", "livenessProbe", "readinessProbe");
    private static final List<String> HANDLERS =
            List.of("exec", "httpGet", "tcpSocket", "grpc");
    private static final List<String> AT_LEAST_ONE =
            List.of("periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold");

    private Probes() {}

    static void into(Fields fields, ObjectNode container) {
        for (String name : PROBES) {
            if (fields.has(name)) {
                container.set(name, probe(fields.object(name), fields.tree(name)));
            }
        }
    }

    private static ObjectNode probe(Fields fields, ObjectNode probe) {
        if (HANDLERS.stream().noneMatch(probe::has) && probe.has("port")) {
            ObjectNode request = probe.objectNode();
            request.put("path", fields.text("path", "/"));
            request.set("port", probe.get("port"));
            probe.remove(List.of("path", "port"));
            probe.set("httpGet", request);
        }
        long handlers = HANDLERS.stream().filter(probe::has).count();
        if (handlers != 1) {
            fields.wrong("", "needs exactly one of %s".formatted(String.join(", ", HANDLERS)));
        }
        if (probe.has("exec") && fields.object("exec").texts("command").isEmpty()) {
            fields.wrong("exec.command", "is missing");
        }
        for (String name : List.of("httpGet", "tcpSocket", "grpc")) {
            if (probe.path(name) instanceof ObjectNode handler) {
                port(fields, name, handler);
            }
        }
        if (fields.has("initialDelaySeconds")) {
            probe.put("initialDelaySeconds",
                    fields.whole("initialDelaySeconds", 0, 0, Integer.MAX_VALUE));
        }
        for (String name : AT_LEAST_ONE) {
            if (fields.has(name)) {
                probe.put(name, fields.whole(name, 1, 1, Integer.MAX_VALUE));
            }
        }
        return probe;
    }

    private static void port(Fields fields, String name, ObjectNode handler) {
        JsonNode port = handler.path("port");
        Fields own = fields.object(name);
        if (port.isMissingNode()) {
            own.wrong("port", "is missing");
        } else if (!port.asText().matches("[a-z0-9-]*[a-z][a-z0-9-]*")) {
            handler.put("port", own.whole("port", 80, 1, 65535));
        }
    }
}
