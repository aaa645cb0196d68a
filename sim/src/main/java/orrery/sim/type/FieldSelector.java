package orrery.sim.type;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// A field selector: `metadata.name=a,status.phase!=Running`. Each type supports few fields.
public final class FieldSelector implements Predicate<JsonNode> {
    private static final Set<String> COMMON = Set.of("metadata.name", "metadata.namespace");
    private static final Map<String, Set<String>> MORE = Map.of(
            "pods", Set.of("spec.nodeName", "spec.restartPolicy", "spec.schedulerName",
                    "spec.serviceAccountName", "spec.hostNetwork", "status.phase",
                    "status.podIP", "status.nominatedNodeName"),
            "events", Set.of("involvedObject.kind", "involvedObject.namespace",
                    "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
                    "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
                    "reportingComponent", "source", "type"),
            "secrets", Set.of("type"),
            "namespaces", Set.of("status.phase"),
            "nodes", Set.of("spec.unschedulable"),
            "replicationcontrollers", Set.of("status.replicas"),
            "replicasets.apps", Set.of("status.replicas"),
            "jobs.batch", Set.of("status.successful"));

    private static final Pattern VALUE = Pattern.compile("(?:[^\\\\=,]|\\\\[\\\\,=])*+");

    private final List<Condition> conditions;

    private record Condition(String pointer, boolean equal, String value) {}

    private FieldSelector(List<Condition> conditions) {
        this.conditions = List.copyOf(conditions);
    }

    /// @throws Refusal 400 when it cannot be read or names a field that the type does not support
    public static FieldSelector parse(ResourceType type, String text) {
        List<Condition> conditions = new ArrayList<>();
        for (String part : split(text == null || text.isBlank() ? "" : text)) {
            int at = part.indexOf('=');
            if (at < 1) {
                throw Refusal.badRequest("invalid field selector \"" + part
                        + "\": use field=value or field!=value");
            }
            boolean equal = part.charAt(at - 1) != '!';
            String field = part.substring(0, equal ? at : at - 1).strip();
            String value = plain(
                    part.substring(part.startsWith("==", at) ? at + 2 : at + 1).strip());
            if (!COMMON.contains(field)
                    && !MORE.getOrDefault(type.key(), Set.of()).contains(field)
                    && !type.selectable().contains(field)) {
                throw Refusal.badRequest("field label not supported: " + field);
            }
            conditions.add(new Condition("/" + field.replace('.', '/'), equal, value));
        }
        return new FieldSelector(conditions);
    }

    /// At commas that nothing escapes; empty parts say nothing.
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == ',') {
                if (start < i) {
                    parts.add(text.substring(start, i));
                }
                start = i + 1;
            } else if (text.charAt(i) == '\\' && i + 1 < text.length()) {
                i++;
            }
        }
        return parts;
    }

    /// A value without its escapes: `\\`, `\,` and `\=` stand for what follows.
    private static String plain(String value) {
        if (!VALUE.matcher(value).matches()) {
            throw Refusal.badRequest("invalid field selector: \"" + value + "\" has an unescaped ="
                    + " or an invalid escape sequence; write \\\\, \\, or \\=");
        }
        return value.replaceAll("\\\\(.)", "$1");
    }

    public boolean isEmpty() {
        return conditions.isEmpty();
    }

    @Override
    public boolean test(JsonNode object) {
        for (Condition condition : conditions) {
            String found = object.at(condition.pointer()).asText();
            if (found.equals(condition.value()) != condition.equal()) {
                return false;
            }
        }
        return true;
    }
}
