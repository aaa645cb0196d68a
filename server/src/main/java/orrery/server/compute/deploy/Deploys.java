package orrery.server.compute.deploy;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.events.Events;
import orrery.kit.events.Subject;
import orrery.kit.http.Deleted;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Locator;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.compute.deploy.Maker.Health;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.policy.Reach;
import orrery.server.platform.stack.Plan;
import orrery.server.platform.stack.Stack;
import orrery.server.platform.stack.Stacks;
import orrery.server.tenancy.project.Contents;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// The deploys of projects: what users may do with them.
@Singleton
public final class Deploys implements Contents, Locator, Stacks.MadeFrom {
    static final String KIND = "deploy";
    private static final Permission LIST = new Permission("compute.deploys.list");

    private final DeployTable table = new DeployTable();
    private final Database database;
    private final Projects projects;
    private final Policies policies;
    private final Regions regions;
    private final Stacks stacks;
    private final Makers makers;
    private final Events events;
    private final Runs runs;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Deploys(Database database, Projects projects, Policies policies, Regions regions,
            Stacks stacks, Makers makers, Events events, Runs runs, Paging paging, Ids ids,
            Clock clock) {
        this.database = database;
        this.projects = projects;
        this.policies = policies;
        this.regions = regions;
        this.stacks = stacks;
        this.makers = makers;
        this.events = events;
        this.runs = runs;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// A deploy with what was made for it.
    record Seen(Deploy deploy, List<Resource> resources) {}

    /// Something that was made for a deploy, as it is now.
    ///
    /// @param state in its own words
    record Resource(String kind, String id, String name, String state) {}

    /// What became of a request: the deploy as it is now, and the run that changes it.
    ///
    /// @param run `null` when everything is done already
    record Accepted(Seen seen, @Nullable Run run) {}

    /// One page of the deploys of the grant's project in a region, the newest first.
    ///
    /// @param region code; `global` for all
    Page<Seen> list(Grant grant, String region, PageAsk ask) {
        return database.read(grant, tx -> seen(tx, table.list(tx, paging, ask,
                Reach.project(project(grant)), regions.checked(tx, region))));
    }

    /// As [#list], of all projects in which the caller may list them.
    Page<Seen> visible(Grant caller, String region, PageAsk ask) {
        return database.read(caller, tx -> seen(tx, table.list(tx, paging, ask,
                policies.reach(tx, caller.principal(), LIST), regions.checked(tx, region))));
    }

    /// @param region code; `global` for any
    /// @param idOrName identifier or name
    /// @param deleted whether one is found that is deleted, too, by identifier
    Seen get(Grant grant, String region, String idOrName, Deleted deleted) {
        return database.read(grant, tx -> seen(tx, table.rows.get(
                tx, project(grant), Regions.one(region), idOrName, deleted)));
    }

    /// Asks for a deploy. A run makes what it consists of.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] for a stack that cannot be used and for each
    ///     parameter that is wrong, [Problem.AlreadyExists] for the name
    Accepted create(Grant grant, String region, NewDeploy asked) {
        return database.tx(grant, tx -> {
            projects.hold(tx, grant.scope());
            regions.open(tx, region);
            var plan = stacks.plan(tx, region, asked.stackId(), asked.parameters());
            makers.of(plan);
            var id = ids.next("dep");
            var now = clock.instant();
            var run = runs.start(tx, CreateDeploy.TYPE, new Wanted(
                    id, plan.stack(), asked.parameters(), asked.replicas()),
                    new Subject(KIND, id));
            var deploy = new Deploy(id, grant.scope().requireOrganization(), project(grant),
                    region, asked.name() == null ? Slug.of(KIND, id) : asked.name(),
                    asked.displayName(), asked.description(), asked.labels(), plan.stack(),
                    asked.parameters(), asked.replicas(), Deploy.State.PENDING, null, run, 1,
                    grant.principal().id(), now, now, null);
            if (!table.insert(tx, deploy)) {
                throw new Problem.AlreadyExists(KIND, deploy.name()).raise();
            }
            events.append(tx, Lifecycle.event("deploy.created", deploy, ""));
            return accepted(tx, id, run);
        });
    }

    /// Changes texts and labels at once, and all else by a run.
    ///
    /// @param change makes the new one of the old one
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.IllegalTransition] while something else changes it,
    ///     [Problem.Conflict] for a stack that its own does not lead to, and for parameters
    ///     that what was made cannot be brought to
    Accepted change(Grant grant, String region, String idOrName,
            Function<Deploy, NewDeploy> change, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            var to = change.apply(found);
            table.rows.describe(tx, found.id(), to.displayName(), to.description(), to.labels(),
                    clock.instant());
            events.append(tx, Lifecycle.event("deploy.updated", found, ""));
            return accepted(tx, found.id(), bring(tx, found, to));
        });
    }

    private @Nullable String bring(Tx tx, Deploy found, NewDeploy to) {
        var stack = stack(tx, found, to.stackId());
        var wanted = new Wanted(found.id(), stack, to.parameters(), to.replicas());
        if (wanted.equals(Wanted.of(found)) && found.state() != Deploy.State.FAILED) {
            return null;
        }
        if (!found.state().isSettled()) {
            throw new Problem.IllegalTransition(
                    KIND, found.id(), Lifecycle.text(found.state()), "be updated").raise();
        }
        verify(tx, found, stacks.plan(tx, found.region(), stack, wanted.parameters()));
        var run = runs.start(tx, UpdateDeploy.TYPE, wanted, new Subject(KIND, found.id()));
        table.rows.begin(tx, found.id(), Deploy.State.UPDATING, run, clock.instant());
        events.append(tx, Lifecycle.event("deploy.updating", found, ""));
        return run;
    }

    /// Whether it can be brought to a plan from the one that it was brought to last. Clusters
    /// always can, and so can one of which nothing is there.
    private void verify(Tx tx, Deploy found, Plan to) {
        var maker = makers.of(to);
        var parts = makers.parts(tx, table.resources(tx, List.of(found.id()))
                .getOrDefault(found.id(), List.of()));
        if (to.kind() == Stack.Kind.CLUSTER
                || parts.values().stream().noneMatch(it -> it.health() == Health.WELL)) {
            return;
        }
        var obstacle = maker.obstacle(stacks.plan(
                tx, found.region(), found.stackId(), found.parameters()), to);
        if (obstacle != null) {
            throw new Problem.Conflict(
                    KIND, found.id(), "cannot be brought to that: " + obstacle).raise();
        }
    }

    /// The stack that is meant, by identifier.
    private String stack(Tx tx, Deploy found, String idOrName) {
        var to = stacks.find(tx, idOrName).orElseThrow(() -> new Problem.Unprocessable(List.of(
                new Mistake("stackId", "is no stack of region " + found.region()))).raise());
        var from = stacks.find(tx, found.stackId());
        if (!to.id().equals(found.stackId())
                && from.filter(it -> it.upgradesTo().contains(to.id())).isEmpty()) {
            throw new Problem.Conflict(KIND, found.id(), "cannot be brought to " + to + "; its own"
                    + " leads to " + from.map(Stack::upgradesTo).filter(it -> !it.isEmpty())
                            .map(it -> String.join(", ", it)).orElse("no other")).raise();
        }
        return to.id();
    }

    /// Deletes a deploy and what it consists of by a run, whatever else is going on with it. Asked
    /// again, it answers with the same run.
    Accepted delete(Grant grant, String region, String idOrName, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            if (found.state() == Deploy.State.DELETING && found.runId() != null) {
                return accepted(tx, found.id(), found.runId());
            }
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            return accepted(tx, found.id(), delete(tx, found));
        });
    }

    private String delete(Tx tx, Deploy found) {
        if (found.state() == Deploy.State.DELETING && found.runId() != null) {
            return found.runId();
        }
        if (found.runId() != null) {
            runs.stop(tx, found.runId());
        }
        var run = runs.startBeside(tx, DeleteDeploy.TYPE,
                new DeleteDeploy.Input(found.id(), found.runId()),
                new Subject(KIND, found.id()), tx.grant().scope().within(
                        Scope.project(found.organizationId(), found.projectId())));
        table.rows.begin(tx, found.id(), Deploy.State.DELETING, run, clock.instant());
        events.append(tx, Lifecycle.event("deploy.deleting", found, ""));
        return run;
    }

    private Accepted accepted(Tx tx, String id, @Nullable String run) {
        return new Accepted(seen(tx, table.rows.get(tx, id)),
                run == null ? null : runs.get(tx, run));
    }

    private Seen seen(Tx tx, Deploy deploy) {
        return seen(tx, List.of(deploy)).getFirst();
    }

    private Page<Seen> seen(Tx tx, Page<Deploy> page) {
        var all = seen(tx, page.items()).iterator();
        return page.map(_ -> all.next());
    }

    /// What is beyond the wanted number is shown until it is gone.
    private List<Seen> seen(Tx tx, List<Deploy> deploys) {
        var resources = table.resources(tx, deploys.stream().map(Deploy::id).toList());
        var known = makers.parts(tx, resources.values().stream().flatMap(List::stream).toList());
        return deploys.stream().map(deploy -> new Seen(deploy, resources
                .getOrDefault(deploy.id(), List.of()).stream()
                .filter(it -> it.position() <= deploy.replicas()
                        || known.get(it.resourceId()).health() != Health.GONE)
                .map(it -> new Resource(it.kind(), it.resourceId(),
                        known.get(it.resourceId()).name(),
                        known.get(it.resourceId()).state()))
                .toList())).toList();
    }

    @Override
    public List<String> of(Tx tx, Scope project) {
        return table.rows.ofProject(tx, project.requireProject());
    }

    @Override
    public Layer layer() {
        return Layer.MACHINES;
    }

    @Override
    public List<String> clear(Tx tx, Scope project) {
        return table.rows.inProject(tx, project.requireProject()).stream()
                .map(id -> delete(tx, table.rows.lock(tx, id))).toList();
    }

    @Override
    public Set<String> projectsIn(Tx tx, String region) {
        return table.rows.projectsIn(tx, region);
    }

    @Override
    public List<String> madeFrom(Tx tx, String stack) {
        return table.ofStack(tx, stack);
    }

    @Override
    public String prefix() {
        return "dep";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.rows.place(tx, id);
    }

    private Deploy lock(Tx tx, Grant grant, String region, String idOrName) {
        return table.rows.lock(tx, project(grant), Regions.one(region), idOrName);
    }

    private static String project(Grant grant) {
        return grant.scope().requireProject();
    }
}
