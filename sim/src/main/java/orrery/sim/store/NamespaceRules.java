package orrery.sim.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import orrery.sim.quota.LimitRanges;
import orrery.sim.quota.Quotas;
import orrery.sim.type.Json;
import orrery.sim.type.ResourceType;

/// What the LimitRanges and ResourceQuotas of a namespace make of the objects in it. Guarded by
/// the cluster's lock.
final class NamespaceRules {
    private static final Set<String> RANGED = Set.of("pods", "persistentvolumeclaims");
    /// Of these an update may take more than before.
    private static final Set<String> GROWING =
            Set.of("pods", "persistentvolumeclaims", "services");

    private final Objects objects;

    /// A quota and what it will be once an object is charged to it.
    record Charge(Item quota, ObjectNode now) {}

    NamespaceRules(Objects objects) {
        this.objects = objects;
    }

    /// Gives a new pod what it left out.
    void fill(ResourceType type, ObjectNode object) {
        if (type.key().equals("pods")) {
            for (Item range : all(LimitRanges.TYPE, object)) {
                LimitRanges.fill(object, range.tree());
            }
        }
    }

    /// @throws orrery.sim.type.Refusal 403 when an object is out of range or over its quota
    List<Charge> check(ResourceType type, Item old, ObjectNode object) {
        if (!type.namespaced() || old != null && !GROWING.contains(type.key())) {
            return List.of();
        }
        if (RANGED.contains(type.key())) {
            for (Item range : all(LimitRanges.TYPE, object)) {
                LimitRanges.check(type, object, range.tree());
            }
        }
        List<Charge> charges = new ArrayList<>();
        for (Item quota : all(Quotas.TYPE, object)) {
            JsonNode before = old == null ? null : old.tree();
            ObjectNode status = Quotas.charge(type, quota.tree(), before, object);
            if (!Json.same(quota.tree().get("status"), status) && !status.isEmpty()) {
                ObjectNode now = quota.copy();
                now.set("status", status);
                charges.add(new Charge(quota, now));
            }
        }
        return charges;
    }

    private Iterable<Item> all(String type, ObjectNode object) {
        return objects.range(type, object.path("metadata").path("namespace").asText(), null);
    }
}
