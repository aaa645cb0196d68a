package orrery.server.studio.run;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.events.EventFilter;
import orrery.kit.events.Feed;
import orrery.kit.events.Subject;
import orrery.kit.events.Subscription;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.compute.cluster.Clusters;
import orrery.server.studio.diagram.ApiVersions;
import orrery.server.studio.diagram.Diagram;
import orrery.server.studio.diagram.Diagrams;
import orrery.server.studio.diagram.Manifests;
import orrery.server.studio.version.DiagramVersions;

/// Deployments of diagrams.
@Singleton
public final class DiagramRuns {
    private static final Permission RUN = new Permission("studio.diagrams.run");

    private final DiagramRunTable table = new DiagramRunTable();
    private final Access access;
    private final Database database;
    private final Diagrams diagrams;
    private final DiagramVersions versions;
    private final Clusters clusters;
    private final Runs runs;
    private final Feed feed;
    private final Paging paging;
    private final Clock clock;

    public DiagramRuns(Access access, Database database, Diagrams diagrams,
            DiagramVersions versions, Clusters clusters, Runs runs, Feed feed, Paging paging,
            Clock clock) {
        this.access = access;
        this.database = database;
        this.diagrams = diagrams;
        this.versions = versions;
        this.clusters = clusters;
        this.runs = runs;
        this.feed = feed;
        this.paging = paging;
        this.clock = clock;
    }

    /// A deployment: what its run tells, and what the studio keeps beside it.
    record Deployment(Run run, DiagramRun kept) {}

    /// Deploys a published diagram on its cluster.
    ///
    /// @param cluster another cluster's name for this run, or `null`
    /// @param given values for this run alone
    /// @throws Problem.Failure [Problem.Invalid] naming everything that is wrong with the diagram,
    ///     [Problem.Conflict] while another run works on it
    Deployment start(Grant grant, String id, @Nullable String cluster, TriggerValues given) {
        var known = diagrams.get(grant, id);
        verifyPublished(known);
        var target = clusters.named(grant, cluster == null ? known.cluster() : cluster);
        // We act on it as its administrator, so to see it is not enough.
        access.require(grant.call(), RUN,
                Scope.project(target.organizationId(), target.projectId()));
        if (!target.state().isUsable()) {
            throw new Problem.Conflict("cluster", target.name(), "it is "
                    + target.state().name().toLowerCase(Locale.ROOT) + "; wait until it runs")
                    .raise();
        }
        return database.tx(grant, tx -> {
            var diagram = diagrams.lock(tx, id);
            verifyPublished(diagram);
            Manifests.draft(diagram.drawing(), given.over(
                    id, ApiVersions.CURRENT, diagrams.secrets(tx, id))).orRefuse();
            int number = versions.keep(tx, diagram);
            var run = runs.start(tx, RunDiagram.TYPE,
                    new RunDiagram.Input(id, number, target.id(), given.secret()),
                    new Subject(Diagrams.KIND, id));
            table.insert(tx, run, id, number, clock.instant());
            versions.ran(tx, id, number, run);
            diagrams.begin(tx, id, run);
            return new Deployment(runs.get(tx, run), table.find(tx, run).orElseThrow());
        });
    }

    private static void verifyPublished(Diagram diagram) {
        if (diagram.status() != Diagram.Status.PUBLISHED) {
            throw new Problem.Invalid(List.of(new Problem.Mistake("status",
                    "Workflow must be published to run; it is "
                            + diagram.status().name().toLowerCase(Locale.ROOT)))).raise();
        }
    }

    /// The newest first.
    Page<Deployment> list(Grant grant, String id, PageAsk ask) {
        diagrams.get(grant, id);
        return database.read(grant, tx -> table.list(tx, paging, ask, id)
                .map(kept -> new Deployment(runs.get(tx, kept.id()), kept)));
    }

    /// What happens to a diagram and its nodes.
    ///
    /// @param after the last event that was seen; `null` for from now on
    Subscription follow(Grant grant, String id, @Nullable String after) {
        diagrams.get(grant, id);
        return feed.subscribe(grant,
                EventFilter.of(grant.scope(), new Subject(Diagrams.KIND, id)), after);
    }
}
