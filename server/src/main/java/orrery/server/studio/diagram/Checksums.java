package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/// An annotation that changes when a ConfigMap of the diagram changes that the pod reads, because
/// Kubernetes alone would not restart it. Secrets stay out: a digest would help to guess them.
final class Checksums {
    private Checksums() {}

    static void annotate(Part part, ObjectNode template) {
        TreeMap<String, String> read = new TreeMap<>();
        for (Node node : part.wiring().nodes()) {
            boolean config = Kind.of(node).filter(Kind.CONFIGMAP::equals).isPresent();
            if (config && node.namespace().equals(part.node().namespace())
                    && mentions(template, node.name())) {
                read.put(node.name(), node.data().path("data").toString());
            }
        }
        if (!read.isEmpty()) {
            ObjectNode metadata = (ObjectNode) template.path("metadata");
            metadata.withObjectProperty("annotations")
                    .put("orrery.dev/config-checksum", digest(read.toString()));
        }
    }

    private static boolean mentions(ObjectNode template, String name) {
        JsonNode pod = template.path("spec");
        for (JsonNode volume : pod.path("volumes")) {
            if (volume.path("configMap").path("name").asText().equals(name)) {
                return true;
            }
        }
        JsonNode container = pod.path("containers").path(0);
        for (JsonNode source : container.path("envFrom")) {
            if (source.path("configMapRef").path("name").asText().equals(name)) {
                return true;
            }
        }
        for (JsonNode variable : container.path("env")) {
            if (variable.path("valueFrom").path("configMapKeyRef").path("name").asText()
                    .equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static String digest(String text) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
