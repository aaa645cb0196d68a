package orrery.sim.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import orrery.sim.rule.Rules;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal.Cause;
import orrery.sim.type.ResourceType;
import orrery.sim.type.ResourceType.Column;
import orrery.sim.type.ResourceType.Scale;
import orrery.sim.type.Schema;

/// CustomResourceDefinitions (apiextensions.k8s.io/v1) and the types that they make.
public final class CustomTypes {
    /// The key of the type of CRDs themselves.
    public static final String DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";
    /// Holds a CRD until its objects are gone.
    public static final String CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

    private static final String OBJECT_META =
            "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    private static final Pattern VERSION =
            Pattern.compile("v(\\d{1,9})(?:(alpha|beta)(\\d{1,9}))?");
    private static final int MAX_SCHEMA_DEPTH = 100;

    private CustomTypes() {}

    public static boolean isDefinition(ResourceType type) {
        return type.key().equals(DEFINITIONS);
    }

    /// The types of a CRD, best version first (GA before beta before alpha).
    public static List<ResourceType> of(JsonNode definition) {
        JsonNode spec = definition.path("spec");
        List<ResourceType> types = new ArrayList<>();
        for (JsonNode version : spec.path("versions")) {
            if (version.path("served").asBoolean()) {
                types.add(type(spec, version));
            }
        }
        types.sort(Comparator.comparing(ResourceType::version, CustomTypes::compare));
        return types;
    }

    private static ResourceType type(JsonNode spec, JsonNode version) {
        JsonNode names = spec.path("names");
        JsonNode subresources = version.path("subresources");
        Set<String> sub = new HashSet<>();
        for (String one : List.of("status", "scale")) {
            if (subresources.has(one)) {
                sub.add(one);
            }
        }
        JsonNode scale = subresources.path("scale");
        List<Column> columns = new ArrayList<>();
        version.path("additionalPrinterColumns").forEach(column -> columns.add(new Column(
                column.path("name").asText(), column.path("type").asText(),
                column.path("format").asText(), column.path("description").asText(),
                column.path("jsonPath").asText(), column.path("priority").asInt())));
        return new ResourceType(spec.path("group").asText(), version.path("name").asText(),
                names.path("kind").asText(), names.path("plural").asText(),
                spec.path("scope").asText().equals("Namespaced"),
                words(names.path("shortNames")), words(names.path("categories")), sub,
                version.path("storage").asBoolean(), true,
                Schema.structural(whole(version.path("schema").path("openAPIV3Schema"))), columns,
                !scale.isObject() ? null : new Scale(scale.path("specReplicasPath").asText(),
                        scale.path("statusReplicasPath").asText(),
                        scale.path("labelSelectorPath").asText()), selectable(version));
    }

    private static Set<String> selectable(JsonNode version) {
        Set<String> paths = new HashSet<>();
        version.path("selectableFields").forEach(field -> {
            String path = field.path("jsonPath").asText();
            paths.add(path.startsWith(".") ? path.substring(1) : path);
        });
        return paths;
    }

    /// The schema with what every object has: apiVersion, kind and metadata.
    private static ObjectNode whole(JsonNode raw) {
        ObjectNode schema = raw.isObject() ? raw.deepCopy() : Json.object();
        schema.put("type", "object");
        ObjectNode properties = Json.child(schema, "properties");
        properties.putObject("apiVersion").put("type", "string");
        properties.putObject("kind").put("type", "string");
        properties.putObject("metadata").put("$ref", OBJECT_META);
        return schema;
    }

    /// What is wrong with a CRD.
    public static List<Cause> check(JsonNode definition, JsonNode old) {
        Mistakes mistakes = new Mistakes();
        JsonNode spec = definition.path("spec");
        JsonNode names = spec.path("names");
        String group = spec.path("group").asText();
        String plural = names.path("plural").asText();
        mistakes.matches("spec.group", spec.path("group"), Names.SUBDOMAIN, Names.SUBDOMAIN_RULE);
        if (!group.contains(".")) {
            mistakes.invalid("spec.group", group, "should be a domain with at least one dot");
        }
        if (!definition.path("metadata").path("name").asText().equals(plural + "." + group)) {
            mistakes.invalid("metadata.name", definition.path("metadata").path("name").asText(),
                    "must be spec.names.plural+\".\"+spec.group");
        }
        mistakes.matches("spec.names.plural", names.path("plural"), Names.SERVICE,
                Names.LABEL_RULE);
        if (names.path("kind").asText().isEmpty()) {
            mistakes.required("spec.names.kind", "");
        }
        mistakes.oneOf("spec.scope", spec.path("scope"), "Cluster", "Namespaced");
        versions(spec.path("versions"), mistakes);
        List<Cause> rules = ruleMistakes(spec.path("versions"));
        if (old != null) {
            for (String field : List.of("group", "scope")) {
                WorkloadRules.immutable(definition, old, field, mistakes);
            }
        }
        List<Cause> causes = new ArrayList<>(mistakes.causes());
        causes.addAll(rules);
        return causes;
    }

    private static List<Cause> ruleMistakes(JsonNode versions) {
        List<Cause> causes = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            JsonNode schema = versions.get(i).path("schema").path("openAPIV3Schema");
            if (schema.findValue("x-kubernetes-validations") != null) {
                causes.addAll(Rules.mistakes(
                        schema, "spec.versions[" + i + "].schema.openAPIV3Schema"));
            }
        }
        return causes;
    }

    private static void versions(JsonNode versions, Mistakes mistakes) {
        int stored = 0;
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < versions.size(); i++) {
            JsonNode version = versions.get(i);
            String at = "spec.versions[" + i + "]";
            stored += version.path("storage").asBoolean() ? 1 : 0;
            mistakes.matches(at + ".name", version.path("name"), Names.SERVICE, Names.LABEL_RULE);
            if (!seen.add(version.path("name").asText())) {
                mistakes.duplicate(at + ".name", version.path("name").asText());
            }
            JsonNode schema = version.path("schema").path("openAPIV3Schema");
            if (!schema.isObject()) {
                mistakes.required(at + ".schema.openAPIV3Schema", "schemas are required");
            } else {
                structural(schema, at + ".schema.openAPIV3Schema", 0, mistakes);
            }
        }
        if (versions.isEmpty() || stored != 1) {
            mistakes.invalid("spec.versions", versions.size() + " versions",
                    "must have exactly one version marked as storage version");
        }
    }

    /// A structural schema says the type of every field.
    private static void structural(JsonNode schema, String at, int depth, Mistakes mistakes) {
        if (depth > MAX_SCHEMA_DEPTH || mistakes.causes().size() > MAX_SCHEMA_DEPTH) {
            return;
        }
        boolean open = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()
                || schema.path("x-kubernetes-int-or-string").asBoolean();
        if (schema.path("type").asText().isEmpty() && !open) {
            mistakes.required(at + ".type", "must not be empty for specified object fields");
        }
        schema.path("properties").properties().forEach(field -> structural(
                field.getValue(), at + ".properties[" + field.getKey() + "]", depth + 1,
                mistakes));
        if (schema.path("type").asText().equals("array")) {
            if (schema.path("items").isObject()) {
                structural(schema.path("items"), at + ".items", depth + 1, mistakes);
            } else {
                mistakes.required(at + ".items", "must be specified");
            }
        }
        if (schema.path("additionalProperties").isObject()) {
            structural(schema.path("additionalProperties"), at + ".additionalProperties",
                    depth + 1, mistakes);
        }
        if (schema.has("pattern")) {
            try {
                Pattern.compile(schema.path("pattern").asText());
            } catch (java.util.regex.PatternSyntaxException e) {
                mistakes.invalid(at + ".pattern", schema.path("pattern").asText(),
                        "must be a valid regular expression: " + e.getDescription());
            }
        }
    }

    /// Fills in the names that follow from others, and the status: accepted and served at once.
    public static void establish(ObjectNode definition, Instant now) {
        ObjectNode spec = Json.child(definition, "spec");
        ObjectNode names = Json.child(spec, "names");
        String kind = names.path("kind").asText();
        if (!names.has("singular")) {
            names.put("singular", kind.toLowerCase(Locale.ROOT));
        }
        if (!names.has("listKind")) {
            names.put("listKind", kind + "List");
        }
        if (!spec.has("conversion")) {
            spec.putObject("conversion").put("strategy", "None");
        }
        ObjectNode status = Json.child(definition, "status");
        status.set("acceptedNames", names.deepCopy());
        ArrayNode stored = Json.mapper().createArrayNode();
        for (JsonNode version : spec.path("versions")) {
            if (version.path("storage").asBoolean()) {
                stored.add(version.path("name").asText());
            }
        }
        status.set("storedVersions", stored);
        if (status.path("conditions").isEmpty()) {
            ArrayNode conditions = status.putArray("conditions");
            condition(conditions, "NamesAccepted", "NoConflicts", "no conflicts found", now);
            condition(conditions, "Established", "InitialNamesAccepted",
                    "the initial names have been accepted", now);
        }
        ArrayNode finalizers = Json.child(definition, "metadata").withArray("finalizers");
        boolean going = definition.path("metadata").has("deletionTimestamp");
        if (!going && !words(finalizers).contains(CLEANUP)) {
            finalizers.add(CLEANUP);
        }
        if (finalizers.isEmpty()) {
            Json.child(definition, "metadata").remove("finalizers");
        }
    }

    private static void condition(
            ArrayNode conditions, String type, String reason, String message, Instant now) {
        conditions.addObject().put("type", type).put("status", "True").put("reason", reason)
                .put("message", message).put("lastTransitionTime", now.toString());
    }

    /// Kubernetes' order of versions: `v2`, `v1`, `v1beta2`, `v1alpha1`, then others by name.
    private static int compare(String a, String b) {
        Matcher first = VERSION.matcher(a);
        Matcher second = VERSION.matcher(b);
        if (!first.matches() || !second.matches()) {
            return first.matches() ? -1 : second.matches() ? 1 : a.compareTo(b);
        }
        return Comparator.<Matcher>comparingInt(CustomTypes::stability)
                .thenComparing(m -> -Integer.parseInt(m.group(1)))
                .thenComparing(m -> m.group(3) == null ? 0 : -Integer.parseInt(m.group(3)))
                .compare(first, second);
    }

    private static int stability(Matcher version) {
        String word = version.group(2);
        return word == null ? 0 : word.equals("beta") ? 1 : 2;
    }

    private static List<String> words(JsonNode list) {
        List<String> words = new ArrayList<>();
        list.forEach(word -> words.add(word.asText()));
        return words;
    }
}
