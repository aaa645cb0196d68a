package orrery.server.compute.cluster;

import java.util.Locale;
import java.util.Map;
import orrery.kit.access.Scope;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;

/// What the event log says of clusters.
final class ClusterEvents {
    private ClusterEvents() {}

    static NewEvent of(String type, Cluster about) {
        return of(type, about, "");
    }

    /// @param reason a sentence for people; empty when there is nothing to say
    static NewEvent of(String type, Cluster about, String reason) {
        return new NewEvent(type, new Subject(Clusters.KIND, about.id()),
                Scope.project(about.organizationId(), about.projectId()),
                Map.of("name", about.name(), "region", about.region(), "reason", reason));
    }

    static String text(Cluster.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
