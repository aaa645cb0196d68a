package orrery.sim.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// The environment variables of a container, with all their sources.
final class Environment {
    private static final Pattern REFERENCE =
            Pattern.compile("\\$(?:\\$|\\(([-._a-zA-Z][-._a-zA-Z0-9]*)\\))");

    private final Cluster cluster;
    private final Item pod;
    private final Map<String, String> all = new LinkedHashMap<>();

    private Environment(Cluster cluster, Item pod) {
        this.cluster = cluster;
        this.pod = pod;
    }

    /// @throws MissingSource when a required ConfigMap, Secret or key is not there
    ///
    /// @param network tells what the pod reaches
    static Map<String, String> of(Cluster cluster, Item pod, JsonNode container,
            Map<String, String> network) {
        var made = new Environment(cluster, pod);
        made.all.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        made.all.put("HOME", "/root");
        made.all.put("LANG", "C.UTF-8");
        // GNU tar would give files to owners that a sandbox does not have, and fail.
        made.all.put("TAR_OPTIONS", "--no-same-owner");
        made.all.put("HOSTNAME", pod.name());
        made.all.put("ORRERY_SIMULATED", "true");
        made.all.putAll(network);
        container.path("envFrom").forEach(made::addAll);
        container.path("env").forEach(made::add);
        return made.all;
    }

    private void addAll(JsonNode from) {
        for (var kind : new String[] {"configMap", "secret"}) {
            var reference = from.path(kind + "Ref");
            if (reference.isMissingNode()) {
                continue;
            }
            var source = find(kind + "s", reference);
            if (source != null) {
                var data = source.tree().path("data");
                data.properties().forEach(e -> all.put(from.path("prefix").asText() + e.getKey(),
                        plain(kind, e.getValue())));
            }
        }
    }

    private void add(JsonNode variable) {
        var name = variable.path("name").asText();
        var from = variable.path("valueFrom");
        if (from.isMissingNode()) {
            all.put(name, expand(variable.path("value").asText(), all));
            return;
        }
        var value = from.has("fieldRef") ? field(from.path("fieldRef").path("fieldPath").asText())
                : from.has("configMapKeyRef") ? key("configMap", from.path("configMapKeyRef"))
                : from.has("secretKeyRef") ? key("secret", from.path("secretKeyRef"))
                : "0";
        if (value != null) {
            all.put(name, value);
        }
    }

    private String key(String kind, JsonNode reference) {
        var source = find(kind + "s", reference);
        var value = source == null ? null
                : source.tree().path("data").get(reference.path("key").asText());
        if (value == null && !reference.path("optional").asBoolean() ) {
            throw new MissingSource("couldn't find key %s in %s %s/%s".formatted(
                    reference.path("key").asText(), kind, pod.namespace(),
                    reference.path("name").asText()));
        }
        return value == null ? null : plain(kind, value);
    }

    private Item find(String plural, JsonNode reference) {
        var name = reference.path("name").asText();
        var found = cluster.get(plural.toLowerCase(java.util.Locale.ROOT), pod.namespace(), name);
        if (found.isEmpty() && !reference.path("optional").asBoolean()) {
            throw new MissingSource("%s \"%s\" not found".formatted(
                    plural.substring(0, plural.length() - 1).toLowerCase(java.util.Locale.ROOT),
                    name));
        }
        return found.orElse(null);
    }

    private String field(String path) {
        return field(pod, path);
    }

    /// A downward API field: `metadata.labels['app']`, `status.podIP`, …
    static String field(Item pod, String path) {
        var tree = pod.tree();
        if (path.matches("metadata\\.(labels|annotations)\\['.*'\\]")) {
            var parts = path.split("\\['|'\\]");
            return tree.path("metadata").path(parts[0].substring(9)).path(parts[1]).asText();
        }
        if (path.equals("metadata.labels") || path.equals("metadata.annotations")) {
            var text = new StringBuilder();
            tree.path("metadata").path(path.substring(9)).properties().forEach(e -> text
                    .append(e.getKey()).append('=').append(e.getValue()).append('\n'));
            return text.toString();
        }
        return tree.at("/" + path.replace('.', '/')).asText();
    }

    static String plain(String kind, JsonNode value) {
        return kind.equals("secret") ? new String(decode(value), StandardCharsets.UTF_8)
                : value.asText();
    }

    static byte[] decode(JsonNode value) {
        return Base64.getMimeDecoder().decode(value.asText());
    }

    /// `$(NAME)` becomes that variable's value where it is known; `$$` is a dollar.
    static String expand(String text, Map<String, String> known) {
        return REFERENCE.matcher(text).replaceAll(match -> Matcher.quoteReplacement(
                match.group(1) == null ? "$"
                        : known.getOrDefault(match.group(1), match.group())));
    }

    /// Something that a container cannot start without is not there (yet).
    static final class MissingSource extends RuntimeException {
        private static final long serialVersionUID = 1;

        MissingSource(String message) {
            super(message, null, false, false);
        }
    }
}
