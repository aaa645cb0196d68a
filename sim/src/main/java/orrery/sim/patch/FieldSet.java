package orrery.sim.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import orrery.sim.type.Json;

/// A set of fields of an object, as `managedFields` writes it (meta/v1 FieldsV1): a tree whose
/// steps are `f:name`, `k:{"name":"web"}` or `v:"value"`.
final class FieldSet {
    private final Map<String, FieldSet> children = new TreeMap<>();
    private boolean member;

    static FieldSet read(JsonNode fieldsV1) {
        FieldSet set = new FieldSet();
        fieldsV1.properties().forEach(step -> {
            if (step.getKey().equals(".")) {
                set.member = true;
            } else {
                FieldSet child = read(step.getValue());
                child.member |= step.getValue().isEmpty();
                set.children.put(step.getKey(), child);
            }
        });
        return set;
    }

    ObjectNode write() {
        ObjectNode node = Json.object();
        if (member && !children.isEmpty()) {
            node.putObject(".");
        }
        children.forEach((step, child) -> node.set(step, child.write()));
        return node;
    }

    boolean isEmpty() {
        return !member && children.isEmpty();
    }

    boolean isMember() {
        return member;
    }

    /// The fields below a step; null when there are none.
    FieldSet child(String step) {
        return children.get(step);
    }

    /// The fields below a step, made when there are none.
    FieldSet at(String step) {
        return children.computeIfAbsent(step, s -> new FieldSet());
    }

    void insert() {
        member = true;
    }

    Map<String, FieldSet> children() {
        return children;
    }

    FieldSet union(FieldSet other) {
        FieldSet sum = copy();
        sum.add(other);
        return sum;
    }

    private void add(FieldSet other) {
        member |= other.member;
        other.children.forEach((step, child) -> at(step).add(child));
    }

    FieldSet minus(FieldSet other) {
        FieldSet rest = new FieldSet();
        rest.member = member && !other.member;
        children.forEach((step, child) -> {
            FieldSet taken = other.children.get(step);
            FieldSet left = taken == null ? child.copy() : child.minus(taken);
            if (!left.isEmpty()) {
                rest.children.put(step, left);
            }
        });
        return rest;
    }

    FieldSet intersect(FieldSet other) {
        FieldSet both = new FieldSet();
        both.member = member && other.member;
        children.forEach((step, child) -> {
            FieldSet mate = other.children.get(step);
            if (mate != null) {
                FieldSet common = child.intersect(mate);
                if (!common.isEmpty()) {
                    both.children.put(step, common);
                }
            }
        });
        return both;
    }

    /// The members as people read them: `.spec.containers[name="web"].image`.
    List<String> paths() {
        List<String> all = new ArrayList<>();
        collect("", all);
        return all;
    }

    private void collect(String path, List<String> into) {
        if (member) {
            into.add(path);
        }
        children.forEach((step, child) -> child.collect(path + readable(step), into));
    }

    private static String readable(String step) {
        String rest = step.substring(2);
        return switch (step.charAt(0)) {
            case 'f' -> "." + rest;
            case 'k' -> {
                StringBuilder keys = new StringBuilder();
                Json.read(rest.getBytes(java.nio.charset.StandardCharsets.UTF_8)).properties()
                        .forEach(key -> keys.append(keys.isEmpty() ? "" : ",")
                                .append(key.getKey()).append('=').append(key.getValue()));
                yield "[" + keys + "]";
            }
            case 'v' -> "[=" + rest + "]";
            default -> "[" + rest + "]";
        };
    }

    private FieldSet copy() {
        FieldSet copy = new FieldSet();
        copy.member = member;
        children.forEach((step, child) -> copy.children.put(step, child.copy()));
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FieldSet set
                && member == set.member && children.equals(set.children);
    }

    @Override
    public int hashCode() {
        return children.hashCode() * 31 + (member ? 1 : 0);
    }
}
