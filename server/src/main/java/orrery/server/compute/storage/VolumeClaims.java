package orrery.server.compute.storage;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import orrery.kit.kube.Kind;
import orrery.server.infrastructure.storage.Backend;
import orrery.server.tenancy.region.ProjectNamespace;

/// How a volume of ours looks on the management cluster: a PersistentVolumeClaim in the project's
/// namespace. A DataVolume would not do: what it describes never grows.
final class VolumeClaims {
    static final Kind CLAIM = Kind.PERSISTENT_VOLUME_CLAIM;

    /// The label that finds our objects again.
    static final String VOLUME = "orrery.dev/volume";

    private VolumeClaims() {}

    static String namespace(Volume it) {
        return ProjectNamespace.name(it.projectId());
    }

    /// The claim as it shall be.
    ///
    /// @param run that makes it so
    static ObjectNode of(Volume it, int sizeGb, String run) {
        var object = JsonNodeFactory.instance.objectNode()
                .put("apiVersion", CLAIM.apiVersion()).put("kind", CLAIM.kind());
        var metadata = object.putObject("metadata").put("name", Volume.claim(it.id()))
                .put("namespace", namespace(it));
        metadata.putObject("annotations")
                .put("orrery.dev/name", it.name()).put("orrery.dev/changed-by", run);
        var labels = metadata.putObject("labels");
        it.labels().forEach(labels::put);
        labels.put(VOLUME, it.id())
                .put(ProjectNamespace.PROJECT, it.projectId())
                .put(ProjectNamespace.ORGANIZATION, it.organizationId());
        var spec = object.putObject("spec").put("storageClassName", it.type())
                .put("volumeMode", it.medium() == Backend.Type.BLOCK ? "Block" : "Filesystem");
        spec.putArray("accessModes").add("ReadWriteOnce");
        spec.putObject("resources").putObject("requests").put("storage", sizeGb + "Gi");
        return object;
    }
}
