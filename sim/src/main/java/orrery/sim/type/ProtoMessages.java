package orrery.sim.type;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The protobuf messages of Kubernetes' types, from the table that the build makes.
final class ProtoMessages {
    static final Map<String, Map<Integer, Field>> ALL = read();
    static final Set<String> POINTERS = pointers();

    private ProtoMessages() {}

    /// One field.
    ///
    /// @param type a scalar type or the name of a message
    record Field(String name, String type, boolean repeated, boolean map) {
        boolean message() {
            return type.indexOf('.') > 0;
        }
    }

    private static Map<String, Map<Integer, Field>> read() {
        Map<String, Map<Integer, Field>> all = new HashMap<>();
        Map<Integer, Field> fields = Map.of();
        for (String line : BuiltIns.text("proto.txt").lines().toList()) {
            String[] cells = line.split(" ");
            if (cells[0].equals("=")) {
                fields = new HashMap<>();
                all.put(cells[1], fields);
            } else {
                String type = cells[2].replace("[]", "").replace("{}", "");
                fields.put(Integer.parseInt(cells[0]), new Field(cells[1], type,
                        cells[2].startsWith("[]"), cells[2].startsWith("{}")));
            }
        }
        return all;
    }

    private static Set<String> pointers() {
        Set<String> names = new HashSet<>();
        BuiltIns.text("proto-pointers.txt").lines().filter(line -> !line.startsWith("#"))
                .forEach(line -> names.addAll(java.util.List.of(line.split(" "))));
        return names;
    }
}
