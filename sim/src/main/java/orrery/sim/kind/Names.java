package orrery.sim.kind;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.regex.Pattern;
import orrery.sim.type.ResourceType;

/// What names, labels and annotations may look like.
final class Names {
    static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    static final Pattern SERVICE = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");
    static final Pattern SUBDOMAIN = Pattern.compile(
            "(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    static final Pattern KEY = Pattern.compile("(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?"
            + "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    static final Pattern VALUE =
            Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");
    static final String SUBDOMAIN_RULE = "a lowercase RFC 1123 subdomain must consist of lower"
            + " case alphanumeric characters, '-' or '.', and must start and end with an"
            + " alphanumeric character";
    static final String LABEL_RULE = "a lowercase RFC 1123 label must consist of lower case"
            + " alphanumeric characters or '-', and must start and end with an alphanumeric"
            + " character";
    private static final String KEY_RULE = "name part must consist of alphanumeric characters,"
            + " '-', '_' or '.', and must start and end with an alphanumeric character";
    private static final String VALUE_RULE = "a valid label must be an empty string or consist of"
            + " alphanumeric characters, '-', '_' or '.', and must start and end with an"
            + " alphanumeric character";
    private static final int MAX_ANNOTATIONS = 256 << 10;
    private static final Set<String> PATH_NAMED = Set.of("roles", "rolebindings",
            "clusterroles", "clusterrolebindings");

    private Names() {}

    static void check(ResourceType type, JsonNode metadata, Mistakes mistakes) {
        String generate = metadata.path("generateName").asText();
        String name = metadata.path("name").asText();
        if (!name.isEmpty() || generate.isEmpty()) {
            name(type, name, "metadata.name", mistakes);
        } else {
            // What will be appended is good anywhere but at the start.
            name(type, generate + "x", "metadata.generateName", mistakes);
        }
        labels(metadata.path("labels"), "metadata.labels", mistakes);
        annotations(metadata.path("annotations"), mistakes);
        owners(metadata.path("ownerReferences"), mistakes);
        int i = 0;
        for (JsonNode finalizer : metadata.path("finalizers")) {
            mistakes.matches("metadata.finalizers[" + i++ + "]", finalizer, KEY, KEY_RULE);
        }
    }

    private static void name(ResourceType type, String name, String field, Mistakes mistakes) {
        if (name.isEmpty()) {
            mistakes.required(field, "name or generateName is required");
        } else if (PATH_NAMED.contains(type.plural())) {
            if (name.equals(".") || name.equals("..") || name.contains("/")
                    || name.contains("%") || name.length() > 253) {
                mistakes.invalid(field, name, "may not be '.' or '..', nor contain '/' or '%'");
            }
        } else if (type.key().equals("namespaces")) {
            rule(name, LABEL, LABEL_RULE, field, mistakes);
        } else if (type.key().equals("services")) {
            rule(name, SERVICE, "a DNS-1035 label must consist of lower case alphanumeric"
                    + " characters or '-', start with an alphabetic character, and end with an"
                    + " alphanumeric character", field, mistakes);
        } else {
            rule(name, SUBDOMAIN, SUBDOMAIN_RULE, field, mistakes);
        }
    }

    private static void rule(
            String name, Pattern pattern, String detail, String field, Mistakes mistakes) {
        if (!pattern.matcher(name).matches()) {
            mistakes.invalid(field, name, detail);
        }
    }

    static void labels(JsonNode labels, String field, Mistakes mistakes) {
        labels.properties().forEach(label -> {
            if (!KEY.matcher(label.getKey()).matches()) {
                mistakes.invalid(field, label.getKey(), KEY_RULE);
            }
            if (!VALUE.matcher(label.getValue().asText()).matches()) {
                mistakes.invalid(field, label.getValue().asText(), VALUE_RULE);
            }
        });
    }

    private static void annotations(JsonNode annotations, Mistakes mistakes) {
        int size = 0;
        for (var annotation : annotations.properties()) {
            size += annotation.getKey().length() + annotation.getValue().asText().length();
            if (!KEY.matcher(annotation.getKey().toLowerCase(java.util.Locale.ROOT)).matches()) {
                mistakes.invalid("metadata.annotations", annotation.getKey(), KEY_RULE);
            }
        }
        if (size > MAX_ANNOTATIONS) {
            mistakes.invalid("metadata.annotations", size,
                    "must have at most " + MAX_ANNOTATIONS + " bytes");
        }
    }

    private static void owners(JsonNode owners, Mistakes mistakes) {
        int controllers = 0;
        for (int i = 0; i < owners.size(); i++) {
            for (String part : new String[] {"apiVersion", "kind", "name", "uid"}) {
                if (owners.get(i).path(part).asText().isEmpty()) {
                    mistakes.invalid("metadata.ownerReferences[" + i + "]." + part, "",
                            "must not be empty");
                }
            }
            controllers += owners.get(i).path("controller").asBoolean() ? 1 : 0;
        }
        if (controllers > 1) {
            mistakes.invalid("metadata.ownerReferences", controllers,
                    "Only one reference can have Controller set to true");
        }
    }
}
