package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// One Kubernetes object, as a tree: nothing of it was ever text that a value could break out of.
///
/// @param node id of the node that asked for it
public record Manifest(String node, ObjectNode object) {
    /// `Deployment`, `Service`, …
    public String kind() {
        return object.path("kind").asText();
    }

    /// `apps/v1`, `v1`, …
    public String apiVersion() {
        return object.path("apiVersion").asText();
    }

    /// The object's name.
    public String name() {
        return object.path("metadata").path("name").asText();
    }

    /// The object's namespace.
    public String namespace() {
        return object.path("metadata").path("namespace").asText();
    }
}
