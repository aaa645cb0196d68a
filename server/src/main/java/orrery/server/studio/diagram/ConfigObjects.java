package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// ConfigMap and Secret.
final class ConfigObjects {
    /// What etcd takes in one object, minus room for metadata.
    private static final int MOST_BYTES = 1_000_000;

    private ConfigObjects() {}

    static ObjectNode configMap(Part part) {
        ObjectNode map = part.object();
        ObjectNode data = map.putObject("data");
        part.fields().pairs("data").forEach(data::put);
        checkKeys(part, "data", part.fields().pairs("data"));
        Map<String, String> binary = part.fields().pairs("binaryData");
        checkKeys(part, "binaryData", binary);
        if (!binary.isEmpty()) {
            ObjectNode bytes = map.putObject("binaryData");
            binary.forEach((key, value) -> {
                if (!isBase64(value)) {
                    part.fields().wrong("binaryData." + key, "must be base64");
                }
                bytes.put(key, value);
            });
        }
        if (part.fields().flag("immutable", false)) {
            map.put("immutable", true);
        }
        return map;
    }

    /// Empty where nobody gave values: the Secret must then stand in the cluster already. What the
    /// node itself carries counts less than what the run was given.
    static Optional<ObjectNode> secret(Part part) {
        Map<String, String> values = new TreeMap<>(part.fields().pairs("data"));
        part.input().secrets().getOrDefault(part.node().id(), Map.of()).forEach((key, value) -> {
            if (!key.startsWith("_new_")) {
                values.put(key, value);
            }
        });
        ObjectNode secret = part.object();
        secret.put("type", part.fields().text("secretType", "Opaque"));
        checkKeys(part, "data", values);
        ObjectNode data = secret.putObject("data");
        values.forEach((key, value) -> data.put(key, Base64.getEncoder()
                .encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        return values.isEmpty() ? Optional.empty() : Optional.of(secret);
    }

    private static void checkKeys(Part part, String field, Map<String, String> pairs) {
        long bytes = 0;
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            bytes += pair.getKey().length() + pair.getValue().length();
            if (!Rules.isConfigKey(pair.getKey())) {
                part.fields().wrong(field + "." + Rules.brief(pair.getKey()),
                        "a key has letters, digits, '-', '_' and '.' only");
            }
        }
        if (bytes > MOST_BYTES) {
            part.fields().wrong(field, "holds %d bytes; one object takes at most %d"
                    .formatted(bytes, MOST_BYTES));
        }
    }

    private static boolean isBase64(String text) {
        try {
            Base64.getDecoder().decode(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
