package orrery.sim.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import orrery.sim.type.Json;
import orrery.sim.type.Quantity;

/// Defaults and checks of what holds data and rights: ConfigMap, Secret, PersistentVolumeClaim,
/// Namespace, Role and its bindings, Lease.
final class StoredRules {
    private static final Pattern DATA_KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");
    private static final int MAX_DATA = 1 << 20;

    private StoredRules() {}

    static void namespaceDefaults(ObjectNode object) {
        ObjectNode metadata = Json.child(object, "metadata");
        Json.child(metadata, "labels")
                .put("kubernetes.io/metadata.name", metadata.path("name").asText());
    }

    /// `stringData` is a convenience on the way in: it is written over `data` and not kept.
    static void secretDefaults(ObjectNode object) {
        if (object.get("stringData") instanceof ObjectNode texts) {
            ObjectNode data = Json.child(object, "data");
            texts.properties().forEach(text -> data.put(text.getKey(),
                    Base64.getEncoder().encodeToString(text.getValue().asText()
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        }
        object.remove("stringData");
    }

    static void secret(JsonNode object, JsonNode old, Mistakes mistakes) {
        data(object.path("data"), "data", true, mistakes);
        frozen(object, old, List.of("data", "immutable"), mistakes);
        if (old != null && !old.path("type").equals(object.path("type"))) {
            mistakes.invalid("type", object.path("type").asText(), "field is immutable");
        }
        String wanted = switch (object.path("type").asText()) {
            case "kubernetes.io/dockerconfigjson" -> ".dockerconfigjson";
            case "kubernetes.io/dockercfg" -> ".dockercfg";
            default -> "";
        };
        if (!wanted.isEmpty() && !object.path("data").has(wanted)) {
            mistakes.required("data[" + wanted + "]", "");
        }
        if (object.path("type").asText().equals("kubernetes.io/tls")) {
            for (String key : List.of("tls.crt", "tls.key")) {
                if (!object.path("data").has(key)) {
                    mistakes.required("data[" + key + "]", "");
                }
            }
        }
    }

    static void configMap(JsonNode object, JsonNode old, Mistakes mistakes) {
        data(object.path("data"), "data", false, mistakes);
        data(object.path("binaryData"), "binaryData", true, mistakes);
        frozen(object, old, List.of("data", "binaryData", "immutable"), mistakes);
    }

    private static void data(JsonNode data, String at, boolean encoded, Mistakes mistakes) {
        long size = 0;
        for (var entry : data.properties()) {
            String key = entry.getKey();
            size += entry.getValue().asText().length();
            if (!DATA_KEY.matcher(key).matches() || key.equals(".") || key.equals("..")) {
                mistakes.invalid(at + "[" + key + "]", key, "a valid config key must consist of"
                        + " alphanumeric characters, '-', '_' or '.'");
            }
            if (encoded && !base64(entry.getValue().asText())) {
                mistakes.invalid(at + "[" + key + "]", "…", "illegal base64 data");
            }
        }
        if (size > (encoded ? MAX_DATA * 4L / 3 + 4 : MAX_DATA)) {
            mistakes.invalid(at, size, "must have at most " + MAX_DATA + " bytes");
        }
    }

    private static boolean base64(String text) {
        try {
            Base64.getDecoder().decode(text.replace("\n", "").replace("\r", ""));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void frozen(
            JsonNode object, JsonNode old, List<String> fields, Mistakes mistakes) {
        if (old == null || !old.path("immutable").asBoolean()) {
            return;
        }
        for (String field : fields) {
            if (!Json.same(old.get(field), object.get(field))) {
                mistakes.forbidden(field, "field is immutable when `immutable` is set");
            }
        }
    }

    static void claim(JsonNode object, JsonNode old, Mistakes mistakes) {
        JsonNode spec = object.path("spec");
        if (spec.path("accessModes").isEmpty()) {
            mistakes.required("spec.accessModes", "at least 1 access mode is required");
        }
        for (int i = 0; i < spec.path("accessModes").size(); i++) {
            mistakes.oneOf("spec.accessModes[" + i + "]", spec.path("accessModes").get(i),
                    "ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod");
        }
        if (!spec.path("resources").path("requests").has("storage")) {
            mistakes.required("spec.resources[storage]", "");
        }
        PodRules.resources(spec.path("resources"), "spec.resources", mistakes);
        if (old == null) {
            return;
        }
        ObjectNode before = Json.copy(old.path("spec"));
        ObjectNode now = Json.copy(spec);
        // The class is filled in by a controller, and a claim is bound to its volume once.
        for (String late : List.of("resources", "volumeName", "storageClassName")) {
            if (late.equals("resources") ? isBound(old) : !before.has(late)) {
                before.remove(late);
                now.remove(late);
            }
        }
        if (!Json.same(before, now)) {
            mistakes.forbidden("spec", "spec is immutable after creation except"
                    + " resources.requests for bound claims");
        }
        Quantity size = size(spec.path("resources").path("requests"));
        boolean isLess = size.compareTo(size(old.at("/spec/resources/requests"))) < 0;
        if (isLess && size.compareTo(size(old.at("/status/capacity"))) <= 0) {
            mistakes.forbidden("spec.resources.requests.storage",
                    "field can not be less than status.capacity");
        }
    }

    private static boolean isBound(JsonNode claim) {
        return claim.path("status").path("phase").asText().equals("Bound");
    }

    private static Quantity size(JsonNode amounts) {
        return Quantity.of(amounts.path("storage").asText());
    }

    static void role(JsonNode object, Mistakes mistakes) {
        JsonNode rules = object.path("rules");
        for (int i = 0; i < rules.size(); i++) {
            JsonNode rule = rules.get(i);
            String at = "rules[" + i + "]";
            if (rule.path("verbs").isEmpty()) {
                mistakes.required(at + ".verbs", "verbs must contain at least one value");
            }
            if (rule.path("nonResourceURLs").isEmpty()) {
                if (rule.path("apiGroups").isEmpty()) {
                    mistakes.required(at + ".apiGroups",
                            "resource rules must supply at least one api group");
                }
                if (rule.path("resources").isEmpty()) {
                    mistakes.required(at + ".resources",
                            "resource rules must supply at least one resource");
                }
            }
        }
    }

    static void bindingDefaults(ObjectNode object) {
        for (JsonNode one : object.path("subjects")) {
            if (one instanceof ObjectNode subject && !subject.has("apiGroup")
                    && !subject.path("kind").asText().equals("ServiceAccount")) {
                subject.put("apiGroup", "rbac.authorization.k8s.io");
            }
        }
    }

    static void binding(JsonNode object, JsonNode old, Mistakes mistakes) {
        JsonNode ref = object.path("roleRef");
        mistakes.oneOf("roleRef.kind", ref.path("kind"), "Role", "ClusterRole");
        if (ref.path("name").asText().isEmpty()) {
            mistakes.required("roleRef.name", "");
        }
        if (old != null && !Json.same(old.get("roleRef"), ref)) {
            mistakes.invalid("roleRef", ref, "cannot change roleRef");
        }
        for (int i = 0; i < object.path("subjects").size(); i++) {
            JsonNode subject = object.path("subjects").get(i);
            mistakes.oneOf("subjects[" + i + "].kind", subject.path("kind"),
                    "ServiceAccount", "User", "Group");
            if (subject.path("name").asText().isEmpty()) {
                mistakes.required("subjects[" + i + "].name", "");
            }
        }
    }

    static void lease(JsonNode object, Mistakes mistakes) {
        mistakes.between("spec.leaseDurationSeconds",
                object.path("spec").path("leaseDurationSeconds"), 1, Integer.MAX_VALUE);
        mistakes.between("spec.leaseTransitions",
                object.path("spec").path("leaseTransitions"), 0, Integer.MAX_VALUE);
    }
}
