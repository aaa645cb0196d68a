package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/// PersistentVolumeClaim, alone or as a StatefulSet's template.
final class ClaimObject {
    private static final Set<String> MODES = Set.of(
            "ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod");

    private ClaimObject() {}

    static ObjectNode of(Part part) {
        ObjectNode claim = part.object();
        claim.set("spec", spec(part.fields(), claim.objectNode()));
        return claim;
    }

    static ObjectNode spec(Fields fields, ObjectNode spec) {
        String storage = fields.text("storage", "10Gi");
        fields.check("storage", storage, Rules::isQuantity, Rules.QUANTITY);
        List<String> modes = fields.has("accessModes")
                ? fields.texts("accessModes") : List.of("ReadWriteOnce");
        ArrayNode accessModes = spec.putArray("accessModes");
        for (String mode : modes) {
            if (!MODES.contains(mode)) {
                fields.wrong("accessModes", "'%s' is no access mode; take ReadWriteOnce, "
                        .formatted(mode) + "ReadOnlyMany, ReadWriteMany or ReadWriteOncePod");
            }
            accessModes.add(mode);
        }
        // An empty class would mean "no dynamic volume"; absent means the cluster's default.
        String storageClass = fields.text("storageClassName", "");
        if (!storageClass.isEmpty()) {
            fields.check("storageClassName", storageClass, Rules::isName, Rules.NAME);
            spec.put("storageClassName", storageClass);
        }
        spec.put("volumeMode", fields.oneOf("volumeMode", "Filesystem", "Filesystem", "Block"));
        spec.putObject("resources").putObject("requests").put("storage", storage);
        if (fields.has("volumeName")) {
            spec.put("volumeName", fields.text("volumeName", ""));
        }
        if (fields.has("selector")) {
            spec.set("selector", fields.tree("selector"));
        }
        return spec;
    }
}
