package orrery.kit.kube;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// What a watch tells.
public sealed interface KubeEvent {
    /// A list of all objects begins: at the start, and whenever the cluster forgot what we had
    /// read. Each is told as [Put]; one that is not, until [Listed], is gone.
    record Listing() implements KubeEvent {}

    /// The list is complete.
    record Listed() implements KubeEvent {}

    /// An object was added or changed.
    record Put(ObjectNode object) implements KubeEvent {}

    /// An object is gone; this is its last form.
    record Gone(ObjectNode object) implements KubeEvent {}

    /// The cluster does not answer. The watch goes on trying.
    record Away(String cause) implements KubeEvent {}
}
