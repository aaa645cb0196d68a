package orrery.kit.kube;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// What a watch tells.
public sealed interface KubeEvent {
    /// All objects there are now: at the start, and whenever the cluster forgot what we had read.
    record Listed(List<ObjectNode> objects) implements KubeEvent {
        public Listed {
            objects = List.copyOf(objects);
        }
    }

    /// An object was added or changed.
    record Put(ObjectNode object) implements KubeEvent {}

    /// An object is gone; this is its last form.
    record Gone(ObjectNode object) implements KubeEvent {}

    /// The cluster does not answer. The watch goes on trying.
    record Away(String cause) implements KubeEvent {}
}
