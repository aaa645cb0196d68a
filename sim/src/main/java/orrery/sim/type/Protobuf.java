package orrery.sim.type;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads `application/vnd.kubernetes.protobuf`, which kubectl and other Go clients send for the
/// built-in types, as the JSON that it stands for.
///
/// The format is proto2 in an envelope (`k8s\0`, then runtime.Unknown). Go writes the
/// zero of a field that is no pointer; such zeros are dropped here, as Go's JSON would.
public final class Protobuf {
    public static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";

    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final String META = "k8s.io.apimachinery.pkg.apis.meta.v1.";
    private static final int MAX_DEPTH = 64;
    /// Structs that Go always writes; empty they say nothing.
    private static final List<String> STRUCTS = List.of(
            "status", "spec", "metadata", "strategy", "updateStrategy", "resources");

    private final byte[] bytes;
    private int at;
    private final int end;

    private Protobuf(byte[] bytes, int at, int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    /// @throws Refusal 400 for what is no such message, 415 for a type that has no messages here
    public static ObjectNode read(byte[] body) {
        if (body.length < MAGIC.length || !Arrays.equals(
                Arrays.copyOf(body, MAGIC.length), MAGIC)) {
            throw Refusal.badRequest("the body does not begin as Kubernetes' protobuf does");
        }
        String apiVersion = "";
        String kind = "";
        byte[] raw = new byte[0];
        Protobuf envelope = new Protobuf(body, MAGIC.length, body.length);
        while (envelope.at < envelope.end) {
            long tag = envelope.varint();
            switch ((int) (tag >>> 3)) {
                case 1 -> {
                    Protobuf meta = envelope.nested(tag);
                    while (meta.at < meta.end) {
                        long field = meta.varint();
                        String text = meta.nested(field).text();
                        apiVersion = field >>> 3 == 1 ? text : apiVersion;
                        kind = field >>> 3 == 2 ? text : kind;
                    }
                }
                case 2 -> raw = envelope.nested(tag).all();
                default -> envelope.skip(tag);
            }
        }
        ObjectNode object = object(name(apiVersion, kind), raw);
        return object.put("apiVersion", apiVersion).put("kind", kind);
    }

    private static ObjectNode object(String message, byte[] raw) {
        return new Protobuf(raw, 0, raw.length).message(message, 0);
    }

    private static String name(String apiVersion, String kind) {
        int slash = apiVersion.indexOf('/');
        String name = kind.endsWith("Options") ? META + kind
                : Definitions.name(slash < 0 ? "" : apiVersion.substring(0, slash),
                        apiVersion.substring(slash + 1), kind).replaceFirst("io.k8s", "k8s.io");
        if (!ProtoMessages.ALL.containsKey(name)) {
            throw Refusal.plain(415, "UnsupportedMediaType", "%s %s cannot be read as protobuf"
                    .formatted(apiVersion, kind) + " here; send application/json");
        }
        return name;
    }

    private ObjectNode message(String name, int depth) {
        if (depth > MAX_DEPTH) {
            throw broken();
        }
        ObjectNode object = Json.object();
        Map<Integer, ProtoMessages.Field> fields = ProtoMessages.ALL.getOrDefault(name, Map.of());
        Schema schema = Definitions.schema(name.replaceFirst("k8s.io", "io.k8s"));
        while (at < end) {
            long tag = varint();
            ProtoMessages.Field field = fields.get((int) (tag >>> 3));
            if (field == null) {
                skip(tag);
            } else if (field.map()) {
                entry(Json.child(object, field.name()), nested(tag), field, depth);
            } else {
                Optional<JsonNode> value = value(field, tag, depth);
                value.ifPresent(found -> put(object, field, found, schema));
            }
        }
        return object;
    }

    private static void put(
            ObjectNode object, ProtoMessages.Field field, JsonNode value, Schema schema) {
        boolean inline = value instanceof ObjectNode && !schema.properties().isEmpty()
                && !schema.properties().containsKey(field.name());
        if (inline) {
            object.setAll((ObjectNode) value);
        } else if (field.repeated()) {
            object.withArray(field.name()).add(value);
        } else if (value.isContainerNode()
                ? !value.isEmpty() || !STRUCTS.contains(field.name())
                : !zero(value) || ProtoMessages.POINTERS.contains(field.name())) {
            object.set(field.name(), value);
        }
    }

    private static boolean zero(JsonNode value) {
        return value.isTextual() ? value.asText().isEmpty()
                : value.isBoolean() ? !value.asBoolean() : value.isNumber() && value.asLong() == 0;
    }

    private void entry(ObjectNode map, Protobuf entry, ProtoMessages.Field field, int depth) {
        String key = "";
        JsonNode value = field.message() ? Json.object()
                : Json.mapper().getNodeFactory().textNode("");
        while (entry.at < entry.end) {
            long tag = entry.varint();
            if (tag >>> 3 == 1) {
                key = entry.nested(tag).text();
            } else {
                value = entry.value(new ProtoMessages.Field("", field.type(), false, false), tag,
                        depth).orElse(value);
            }
        }
        map.set(key, value);
    }

    /// One value; empty for a time that is not set.
    private Optional<JsonNode> value(ProtoMessages.Field field, long tag, int depth) {
        var nodes = Json.mapper().getNodeFactory();
        return switch (field.type()) {
            case "string" -> Optional.of(nodes.textNode(nested(tag).text()));
            case "bytes" -> Optional.of(nodes.textNode(
                    Base64.getEncoder().encodeToString(nested(tag).all())));
            case "bool" -> Optional.of(nodes.booleanNode(number(tag) != 0));
            case "double" -> Optional.of(nodes.numberNode(Double.longBitsToDouble(number(tag))));
            case "int32", "int64", "uint32", "uint64" ->
                    Optional.of(nodes.numberNode(number(tag)));
            default -> nested(tag).special(field.type(), depth);
        };
    }

    /// Messages that JSON writes in a way of their own.
    private Optional<JsonNode> special(String type, int depth) {
        ObjectNode plain = message(type, depth + 1);
        var nodes = Json.mapper().getNodeFactory();
        String last = type.substring(type.lastIndexOf('.') + 1);
        return switch (last) {
            case "Time", "MicroTime" -> plain.isEmpty() ? Optional.empty()
                    : Optional.of(nodes.textNode(time(plain)));
            case "Quantity" -> Optional.of(nodes.textNode(plain.path("string").asText()));
            case "IntOrString" -> Optional.of(plain.path("type").asInt() == 0
                    ? nodes.numberNode(plain.path("intVal").asInt())
                    : nodes.textNode(plain.path("strVal").asText()));
            case "RawExtension", "FieldsV1", "JSON" -> {
                String raw = plain.path("raw").asText(plain.path("Raw").asText());
                yield raw.isEmpty() ? Optional.empty()
                        : Optional.of(Json.read(Base64.getDecoder().decode(raw)));
            }
            case "Verbs", "ExtraValue" -> {
                ArrayNode items = Json.mapper().createArrayNode();
                plain.path("items").forEach(items::add);
                yield Optional.of(items);
            }
            default -> Optional.of(plain);
        };
    }

    private static String time(ObjectNode plain) {
        try {
            return Instant.ofEpochSecond(plain.path("seconds").asLong(),
                    plain.path("nanos").asLong()).toString();
        } catch (java.time.DateTimeException | ArithmeticException e) {
            throw broken();
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64 && at < end; shift += 7) {
            byte one = bytes[at++];
            value |= (long) (one & 0x7F) << shift;
            if (one >= 0) {
                return value;
            }
        }
        throw broken();
    }

    private long number(long tag) {
        return switch ((int) (tag & 7)) {
            case 0 -> varint();
            case 1 -> fixed(8);
            case 5 -> fixed(4);
            default -> throw broken();
        };
    }

    private long fixed(int size) {
        if (end - at < size) {
            throw broken();
        }
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (bytes[at++] & 0xFFL) << 8 * i;
        }
        return value;
    }

    private Protobuf nested(long tag) {
        if ((tag & 7) != 2) {
            throw broken();
        }
        long length = varint();
        if (length < 0 || length > end - at) {
            throw broken();
        }
        at += (int) length;
        return new Protobuf(bytes, at - (int) length, at);
    }

    private void skip(long tag) {
        if ((tag & 7) == 2) {
            nested(tag);
        } else {
            number(tag);
        }
    }

    private byte[] all() {
        return Arrays.copyOfRange(bytes, at, end);
    }

    private String text() {
        return new String(bytes, at, end - at, StandardCharsets.UTF_8);
    }

    private static Refusal broken() {
        return Refusal.badRequest("the protobuf body is broken");
    }
}
