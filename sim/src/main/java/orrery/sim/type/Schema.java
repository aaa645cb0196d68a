package orrery.sim.type;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The shape of a value: a definition of a built-in type or the structural schema of a CRD,
/// read through the same few questions. Children are made when first asked for.
public final class Schema {
    /// Says nothing: any value is good and nothing is known of its fields.
    public static final Schema OPEN = new Schema("", Json.object()
            .put("x-kubernetes-preserve-unknown-fields", true), true);

    private static final String APIEXTENSIONS =
            "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";
    private static final Set<String> ANY_JSON = Set.of(
            "io.k8s.apimachinery.pkg.runtime.RawExtension",
            "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1",
            APIEXTENSIONS + "JSON",
            APIEXTENSIONS + "JSONSchemaProps",
            APIEXTENSIONS + "JSONSchemaPropsOrArray",
            APIEXTENSIONS + "JSONSchemaPropsOrBool",
            APIEXTENSIONS + "JSONSchemaPropsOrStringArray");

    private final String name;
    private final JsonNode raw;
    private final boolean custom;
    private Map<String, Schema> properties;
    private Schema items;
    private Schema values;
    private Boolean ruled;

    /// How a list merges when it is applied.
    public enum ListType { ATOMIC, SET, MAP }

    Schema(String name, JsonNode raw, boolean custom) {
        this.name = name;
        this.raw = raw;
        this.custom = custom;
    }

    /// The structural schema of a CRD's version.
    public static Schema structural(JsonNode openApiV3Schema) {
        return new Schema("", openApiV3Schema, true);
    }

    /// The schema of a built-in type; [#OPEN] when none is published.
    public static Schema builtIn(String group, String version, String kind) {
        return Definitions.schema(Definitions.name(group, version, kind));
    }

    /// The definition's name; empty within a CRD.
    public String name() {
        return name;
    }

    /// Whether it stands in a CRD.
    public boolean custom() {
        return custom;
    }

    /// A schema that stands within this one.
    Schema inner(JsonNode raw) {
        return child(raw);
    }

    /// The JSON it was read from.
    public JsonNode raw() {
        return raw;
    }

    /// `object`, `array`, `string`, `integer`, `number`, `boolean`, or empty for any.
    public String type() {
        if (intOrString() || ANY_JSON.contains(name)) {
            return "";
        }
        return raw.path("type").asText();
    }

    public boolean intOrString() {
        return raw.path("x-kubernetes-int-or-string").asBoolean()
                || raw.path("format").asText().equals("int-or-string")
                || name.endsWith(".api.resource.Quantity");
    }

    public boolean nullable() {
        return raw.path("nullable").asBoolean();
    }

    /// Whether fields that it does not name are kept.
    public boolean keepsUnknown() {
        return raw.path("x-kubernetes-preserve-unknown-fields").asBoolean()
                || !name.isEmpty() && (ANY_JSON.contains(name)
                        || type().equals("object") && properties().isEmpty() && values() == null);
    }

    /// Whether the value is an object of its own, with apiVersion, kind and metadata.
    public boolean embedded() {
        return raw.path("x-kubernetes-embedded-resource").asBoolean();
    }

    /// The named fields.
    public synchronized Map<String, Schema> properties() {
        if (properties == null) {
            Map<String, Schema> all = new LinkedHashMap<>();
            raw.path("properties").properties()
                    .forEach(field -> all.put(field.getKey(), child(field.getValue())));
            properties = all;
        }
        return properties;
    }

    /// The schema of a field: its own, or that of all values, or null when it is unknown.
    public Schema field(String field) {
        Schema named = properties().get(field);
        return named != null ? named : values();
    }

    /// The schema of a list's items; [#OPEN] when it says none.
    public synchronized Schema items() {
        if (items == null) {
            items = raw.path("items").isObject() ? child(raw.path("items")) : OPEN;
        }
        return items;
    }

    /// The schema of a map's values; null when it is not a map.
    public synchronized Schema values() {
        JsonNode additional = raw.path("additionalProperties");
        if (values == null && additional.isObject()) {
            values = child(additional);
        } else if (values == null && additional.asBoolean()) {
            values = OPEN;
        }
        return values;
    }

    /// Whether it, or anything within it, has rules (`x-kubernetes-validations`).
    public synchronized boolean ruled() {
        if (ruled == null) {
            ruled = custom && raw.findValue("x-kubernetes-validations") != null;
        }
        return ruled;
    }

    public List<String> required() {
        return strings(raw.path("required"));
    }

    public JsonNode defaultValue() {
        return raw.get("default");
    }

    /// How a list merges: by `x-kubernetes-list-type`, else as the older patch strategy says.
    public ListType listType() {
        return switch (raw.path("x-kubernetes-list-type").asText()) {
            case "map" -> ListType.MAP;
            case "set" -> ListType.SET;
            case "atomic" -> ListType.ATOMIC;
            default -> !patchMerge() ? ListType.ATOMIC
                    : patchKey().isEmpty() ? ListType.SET : ListType.MAP;
        };
    }

    /// The fields that identify an item of a list that merges as a map.
    public List<String> listKeys() {
        List<String> keys = strings(raw.path("x-kubernetes-list-map-keys"));
        return keys.isEmpty() ? List.of(patchKey()) : keys;
    }

    /// Whether an object is applied whole.
    public boolean atomicMap() {
        return raw.path("x-kubernetes-map-type").asText().equals("atomic");
    }

    /// Whether a strategic merge patch merges this list or replaces it.
    public boolean patchMerge() {
        return List.of(raw.path("x-kubernetes-patch-strategy").asText().split(","))
                .contains("merge");
    }

    /// The field by which a strategic merge patch finds items; empty when it merges values.
    public String patchKey() {
        return raw.path("x-kubernetes-patch-merge-key").asText();
    }

    private Schema child(JsonNode raw) {
        String ref = raw.path("$ref").asText();
        if (ref.isEmpty() && raw.path("allOf").size() == 1 && !raw.has("type")) {
            ref = raw.path("allOf").get(0).path("$ref").asText();
        }
        return ref.isEmpty() ? new Schema("", raw, custom) : Definitions.reference(ref);
    }

    private static List<String> strings(JsonNode array) {
        List<String> all = new ArrayList<>();
        for (Iterator<JsonNode> i = array.elements(); i.hasNext();) {
            all.add(i.next().asText());
        }
        return all;
    }
}
