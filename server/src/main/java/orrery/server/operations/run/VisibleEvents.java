package orrery.server.operations.run;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.events.Event;
import orrery.kit.events.EventFilter;
import orrery.kit.events.Feed;
import orrery.kit.http.EventStream;
import orrery.kit.http.EventStream.Sent;
import org.jspecify.annotations.Nullable;

/// The events that a caller may see: those about what it may see itself.
@Singleton
final class VisibleEvents {
    /// What one must hold to see an event, by the kind of thing that it is about.
    private static final Map<String, Permission> NEEDED = Map.ofEntries(
            Map.entry("address", new Permission("compute.addresses.get")),
            Map.entry("cluster", new Permission("compute.clusters.get")),
            Map.entry("deploy", new Permission("compute.deploys.get")),
            Map.entry("diagram", new Permission("studio.diagrams.get")),
            Map.entry("inference", new Permission("ai.inference.get")),
            Map.entry("instance", new Permission("compute.instances.get")),
            Map.entry("kubeconfig", new Permission("compute.kubeconfigs.get")),
            Map.entry("network", new Permission("compute.networks.get")),
            Map.entry("organization", new Permission("org.organizations.get")),
            Map.entry("project", new Permission("org.projects.get")),
            Map.entry("run", new Permission("workflows.runs.get")),
            Map.entry("server", new Permission("infrastructure.servers.get")),
            Map.entry("subnet", new Permission("compute.subnets.get")),
            Map.entry("training", new Permission("ai.training.get")),
            Map.entry("workspace", new Permission("workspace.workspaces.get")));

    /// All that is about people, rights and the installation is for those who audit.
    private static final Permission AUDIT = new Permission("audit.events.list");

    private final Feed feed;
    private final Access access;

    VisibleEvents(Feed feed, Access access) {
        this.feed = feed;
        this.access = access;
    }

    /// An event as the cloud family shows it.
    ///
    /// @param type `cluster.running`
    /// @param resourceType kind of what it is about
    record View(
            String id,
            String type,
            Instant time,
            String resourceType,
            String resourceId,
            @Nullable String organizationId,
            @Nullable String projectId,
            String actor,
            String requestId,
            @Nullable String runId,
            JsonNode data) {}

    /// Events from now on, or after one that was seen. All bear the name that browsers take for
    /// none, so that one listener gets them all; the type stands in the data.
    EventStream follow(Grant caller, @Nullable String lastEventId) {
        // The log is followed as a whole: what the caller may see may change while it looks on.
        var subscription = feed.subscribe(
                access.system("events"), EventFilter.of(Scope.PLATFORM), lastEventId);
        return new EventStream(subscription, List.of(), event -> maySee(caller, event)
                ? Optional.of(Sent.of(event, "message", view(event))) : Optional.empty());
    }

    private boolean maySee(Grant caller, Event event) {
        return access.allows(caller.call(),
                NEEDED.getOrDefault(event.subject().kind(), AUDIT), event.scope());
    }

    private static View view(Event event) {
        return new View(event.id(), event.type(), event.time(), event.subject().kind(),
                event.subject().id(), event.scope().organization(), event.scope().project(),
                event.actor(), event.requestId(), event.run(), event.data());
    }
}
