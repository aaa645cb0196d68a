import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;

/// Writes the field numbers of Kubernetes' protobuf messages, taken from a published package of
/// generated classes, as a table: `java -cp … ProtoTable.java OUTPUT`.
///
/// A message is a line `= NAME`, followed by a line `NUMBER FIELD TYPE` for each field; a type is
/// a scalar or the name of a message, with `[]` before it for a list and `{}` for a map.
class ProtoTable {
    private static final String[] FILES = {"Meta", "Runtime", "Resource", "IntStr", "V1",
        "V1Apps", "V1Authentication", "V1Authorization", "V1Autoscaling", "V1Batch",
        "V1Networking", "V1Policy", "V1Rbac", "V1Scheduling", "V1Storage",
        "V2beta2Autoscaling"};

    public static void main(String[] arguments) throws Exception {
        Path output = Path.of(arguments[0]);
        if (Files.exists(output) && Files.readString(output).contains("autoscaling.v2.")) {
            return;
        }
        TreeMap<String, String> messages = new TreeMap<>();
        for (String file : FILES) {
            FileDescriptor descriptor = (FileDescriptor) Class
                    .forName("io.kubernetes.client.proto." + file)
                    .getMethod("getDescriptor").invoke(null);
            for (Descriptor message : descriptor.getMessageTypes()) {
                // The last beta is what became v2; the package has no newer one.
                String text = describe(message).replace(".v2beta2.", ".v2.");
                messages.put(message.getFullName().replace(".v2beta2.", ".v2."), text);
            }
        }
        Files.createDirectories(output.getParent());
        Files.writeString(output, String.join("", messages.values()));
    }

    private static String describe(Descriptor message) {
        StringBuilder text = new StringBuilder("= " + message.getFullName() + "\n");
        for (FieldDescriptor field : message.getFields()) {
            text.append(field.getNumber()).append(' ').append(field.getName()).append(' ')
                    .append(field.isMapField() ? "{}" + type(
                            field.getMessageType().findFieldByName("value"))
                            : (field.isRepeated() ? "[]" : "") + type(field)).append('\n');
        }
        return text.toString();
    }

    private static String type(FieldDescriptor field) {
        return field.getType() == FieldDescriptor.Type.MESSAGE
                ? field.getMessageType().getFullName()
                : field.getType().name().toLowerCase(java.util.Locale.ROOT);
    }
}
