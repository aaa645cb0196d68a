package orrery.server.tenancy.region;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import orrery.kit.access.Grant;
import orrery.kit.kube.Kind;

/// Brings what we say of one kind of resource and what its objects on a management cluster say
/// together. Every bean of this type is asked by [SettleRegions].
public interface Settles {
    /// What the resource is on a management cluster.
    Kind kind();

    /// The label of those objects that bears our identifier.
    String label();

    /// Whom an object stands for; empty when it does not say.
    default String id(JsonNode object) {
        return object.path("metadata").path("labels").path(label()).asText();
    }

    /// Identifiers of those that should have an object in a region now.
    List<String> alive(Grant grant, String region);

    /// Which of these say anything that our record of them does not.
    ///
    /// @param objects a page of objects as they were listed, by our identifier
    Collection<String> news(Grant grant, Map<String, ObjectNode> objects);

    /// Since when those of these are over that should have no object in a region any more. One that
    /// is still there is deleted after a while; those that we never had are not named.
    Map<String, Instant> over(Grant grant, String region, Collection<String> ids);

    /// Compares record and object as both are now, and records what is news. It reads our record
    /// first: what a list or a watch said may have been overtaken by a run.
    ///
    /// @return false where a run is changing it: it is to be looked at again
    boolean look(Grant grant, String id);
}
