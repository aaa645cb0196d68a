package orrery.sim.kind;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Pattern;

/// Checks of Ingress.
final class IngressRules {
    private static final Pattern ADDRESS =
            Pattern.compile("(?:[0-9]{1,3}\\.){3}[0-9]{1,3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final Pattern WILDCARD =
            Pattern.compile("\\*\\." + Names.SUBDOMAIN.pattern());
    private static final Pattern PORT_NAME = Pattern.compile("[-A-Za-z0-9]*");
    private static final Pattern LETTER = Pattern.compile(".*[A-Za-z].*");
    private static final String WILDCARD_RULE = "a wildcard DNS-1123 subdomain must start with"
            + " '*.', followed by a valid DNS subdomain, which must consist of lower case"
            + " alphanumeric characters, '-' or '.' and end with an alphanumeric character";
    private static final String SERVICE_RULE = "a DNS-1035 label must consist of lower case"
            + " alphanumeric characters or '-', start with an alphabetic character, and end with"
            + " an alphanumeric character";
    private static final List<String> WITHIN = List.of("//", "/./", "/../", "%2f", "%2F");
    private static final List<String> AT_THE_END = List.of("/..", "/.");

    private IngressRules() {}

    /// @param created whether it is new, so that it cannot name its class in two ways
    static void check(JsonNode object, boolean created, Mistakes mistakes) {
        JsonNode spec = object.path("spec");
        if (spec.path("rules").isEmpty() && !spec.has("defaultBackend")) {
            mistakes.invalid("spec", "{}",
                    "either `defaultBackend` or `rules` must be specified");
        }
        if (spec.has("defaultBackend")) {
            backend(spec.path("defaultBackend"), "spec.defaultBackend", mistakes);
        }
        for (int i = 0; i < spec.path("rules").size(); i++) {
            JsonNode rule = spec.path("rules").get(i);
            String at = "spec.rules[" + i + "]";
            host(rule.path("host").asText(), at + ".host", mistakes);
            JsonNode paths = rule.path("http").path("paths");
            if (rule.has("http") && paths.isArray() && paths.isEmpty()) {
                mistakes.required(at + ".http.paths", "");
            }
            for (int k = 0; k < paths.size(); k++) {
                path(paths.get(k), at + ".http.paths[" + k + "]", mistakes);
            }
        }
        JsonNode tls = spec.path("tls");
        for (int i = 0; i < tls.size(); i++) {
            int k = 0;
            for (JsonNode host : tls.get(i).path("hosts")) {
                name(host.asText(), "spec.tls[" + i + "].hosts[" + k++ + "]", mistakes);
            }
            mistakes.matches("spec.tls[" + i + "].secretName", tls.get(i).path("secretName"),
                    Names.SUBDOMAIN, Names.SUBDOMAIN_RULE);
        }
        mistakes.matches("spec.ingressClassName", spec.path("ingressClassName"),
                Names.SUBDOMAIN, Names.SUBDOMAIN_RULE);
        String old = object.path("metadata").path("annotations")
                .path("kubernetes.io/ingress.class").asText();
        if (created && !old.isEmpty() && spec.has("ingressClassName")) {
            mistakes.invalid("annotations.kubernetes.io/ingress.class", old,
                    "can not be set when the class field is also set");
        }
    }

    private static void host(String host, String at, Mistakes mistakes) {
        if (host.isEmpty()) {
            return;
        }
        if (ADDRESS.matcher(host).matches()) {
            mistakes.invalid(at, host, "must be a DNS name, not an IP address");
        }
        name(host, at, mistakes);
    }

    private static void name(String host, String at, Mistakes mistakes) {
        boolean wild = host.contains("*");
        if (!(wild ? WILDCARD : Names.SUBDOMAIN).matcher(host).matches()) {
            mistakes.invalid(at, host, wild ? WILDCARD_RULE : Names.SUBDOMAIN_RULE);
        }
    }

    private static void path(JsonNode path, String at, Mistakes mistakes) {
        mistakes.oneOf(at + ".pathType", path.path("pathType"),
                "Exact", "ImplementationSpecific", "Prefix");
        String text = path.path("path").asText();
        boolean free = path.path("pathType").asText().equals("ImplementationSpecific");
        if (!text.startsWith("/") && !(free && text.isEmpty())) {
            mistakes.invalid(at + ".path", text, "must be an absolute path");
        } else if (!free) {
            WITHIN.stream().filter(text::contains).forEach(part ->
                    mistakes.invalid(at + ".path", text, "must not contain '" + part + "'"));
            AT_THE_END.stream().filter(text::endsWith).forEach(part ->
                    mistakes.invalid(at + ".path", text, "cannot end with '" + part + "'"));
        }
        backend(path.path("backend"), at + ".backend", mistakes);
    }

    private static void backend(JsonNode backend, String at, Mistakes mistakes) {
        JsonNode service = backend.path("service");
        JsonNode resource = backend.path("resource");
        if (service.isObject() && resource.isObject()) {
            mistakes.invalid(at, "", "cannot set both resource and service backends");
        } else if (resource.isObject()) {
            for (String field : List.of("kind", "name")) {
                if (resource.path(field).asText().isEmpty()) {
                    mistakes.required(at + ".resource." + field, field + " is required");
                }
            }
        } else if (service.isObject()) {
            service(service, at, mistakes);
        } else {
            mistakes.invalid(at, "", "resource or service backend is required");
        }
    }

    private static void service(JsonNode service, String at, Mistakes mistakes) {
        String name = service.path("name").asText();
        if (name.isEmpty()) {
            mistakes.required(at + ".service.name", "");
        } else if (!Names.SERVICE.matcher(name).matches()) {
            mistakes.invalid(at + ".service.name", name, SERVICE_RULE);
        }
        String port = service.path("port").path("name").asText();
        long number = service.path("port").path("number").asLong();
        if (!port.isEmpty() && number != 0) {
            mistakes.invalid(at, "", "cannot set both port name & port number");
        } else if (!port.isEmpty()) {
            portName(port, at + ".service.port.name", mistakes);
        } else if (number == 0) {
            mistakes.required(at, "port name or number is required");
        } else {
            mistakes.between(at + ".service.port.number",
                    service.path("port").path("number"), 1, 65535);
        }
    }

    private static void portName(String name, String at, Mistakes mistakes) {
        if (name.length() > 15) {
            mistakes.invalid(at, name, "must be no more than 15 characters");
        }
        if (!PORT_NAME.matcher(name).matches()) {
            mistakes.invalid(at, name,
                    "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        } else if (!LETTER.matcher(name).matches()) {
            mistakes.invalid(at, name, "must contain at least one letter (a-z)");
        }
    }
}
