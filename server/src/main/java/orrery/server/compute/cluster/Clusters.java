package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
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
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.kube.KubeTarget;
import orrery.kit.kube.Kubeconfig;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;
import orrery.server.compute.network.Networks;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.policy.Reach;
import orrery.server.platform.catalogue.InstanceTypes;
import orrery.server.platform.stack.Plan;
import orrery.server.platform.stack.Stacks;
import orrery.server.tenancy.project.Labels;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.Regions;

/// The clusters of projects: what users may do with them.
@Singleton
public final class Clusters {
    /// Where administrators' kubeconfigs are sealed.
    public static final SealedColumn SEALED =
            new SealedColumn("cluster", "id", "sealed_kubeconfig");

    static final String KIND = "cluster";
    private static final Permission GET = new Permission("compute.clusters.get");
    private static final Permission LIST = new Permission("compute.clusters.list");

    private final ClusterTable table = new ClusterTable();
    private final Database database;
    private final Projects projects;
    private final Policies policies;
    private final Regions regions;
    private final Networks networks;
    private final Stacks stacks;
    private final Quotas quotas;
    private final Offers offers;
    private final Events events;
    private final Runs runs;
    private final Paging paging;
    private final Sealing sealing;
    private final Ids ids;
    private final Clock clock;
    private final NewPools newPools;
    private final Alterations alterations;

    public Clusters(Database database, Projects projects, Policies policies, Regions regions,
            Networks networks, InstanceTypes types, Stacks stacks, Quotas quotas, Offers offers,
            Events events, Runs runs, Paging paging, Sealing sealing, Ids ids, Clock clock) {
        this.database = database;
        this.projects = projects;
        this.policies = policies;
        this.regions = regions;
        this.networks = networks;
        this.stacks = stacks;
        this.quotas = quotas;
        this.offers = offers;
        this.events = events;
        this.runs = runs;
        this.paging = paging;
        this.sealing = sealing;
        this.ids = ids;
        this.clock = clock;
        this.newPools = new NewPools(networks, types, ids);
        this.alterations = new Alterations(quotas, runs, events, clock);
    }

    /// What became of a request: the cluster as it is now, and the run that changes it.
    ///
    /// @param run `null` when everything is done already
    public record Accepted(Cluster cluster, @Nullable Run run) {}

    /// How many nodes a pool shall have.
    ///
    /// @param name of the pool; `null` when its role says which
    public record Scale(@Nullable String name, NodePool.Role role, int nodeCount) {}

    /// What a cluster shall be like, in full: what it was, or what it shall become. A run does one
    /// thing, so of sizes, version and setup only one changes at a time.
    ///
    /// @param scales pools whose size changes; the others stay
    /// @param kubernetesVersion `null` to stay
    /// @param setup `null` to stay
    public record Change(
            @Nullable String displayName,
            @Nullable String description,
            Map<String, String> labels,
            List<Scale> scales,
            @Nullable String kubernetesVersion,
            @Nullable Setup setup) {
        public Change {
            labels = Map.copyOf(labels);
            scales = List.copyOf(scales);
            var mistakes = Naming.check(new Mistakes(), null, displayName, description)
                    .check("kubernetesVersion", kubernetesVersion, KubernetesVersion::isOne,
                            "must look like v1.34.1");
            Labels.check(mistakes, "labels", labels);
            for (int i = 0; i < scales.size(); i++) {
                NewCluster.checkCount(mistakes, "nodePools[" + i + "].nodeCount",
                        scales.get(i).role(), scales.get(i).nodeCount());
            }
            if (setup != null) {
                setup.check(mistakes);
            }
            long runs = Stream.of(!scales.isEmpty(), kubernetesVersion != null, setup != null)
                    .filter(it -> it).count();
            mistakes.unless(runs <= 1, "body", "may change one of nodePools, kubernetesVersion"
                    + " and the setup (config, services) at a time").orRefuse();
        }

        /// One of texts, labels and sizes.
        public Change(@Nullable String displayName, @Nullable String description,
                Map<String, String> labels, List<Scale> scales) {
            this(displayName, description, labels, scales, null, null);
        }
    }

    /// One page of the clusters of the grant's project in a region, the newest first.
    ///
    /// @param region code; `global` for all
    public Page<Cluster> list(Grant grant, String region, PageAsk ask) {
        return page(grant, region, ask, _ -> Reach.project(project(grant)));
    }

    /// As [#list], of all projects whose clusters the caller may list.
    public Page<Cluster> everywhere(Grant grant, String region, PageAsk ask) {
        return page(grant, region, ask, tx -> projects.reach(tx, grant, LIST));
    }

    private Page<Cluster> page(
            Grant grant, String region, PageAsk ask, Function<Tx, Reach> reach) {
        return database.read(grant, tx -> {
            return table.list(
                    tx, paging, ask, reach.apply(tx), regions.checked(tx, region));
        });
    }

    /// @param idOrName identifier or name
    public Cluster get(Grant grant, String region, String idOrName) {
        return get(grant, region, idOrName, Deleted.HIDDEN);
    }

    /// As above.
    ///
    /// @param deleted whether one is found that is deleted, too, by identifier
    public Cluster get(Grant grant, String region, String idOrName, Deleted deleted) {
        return database.read(grant, tx -> table.rows.get(
                tx, project(grant), Regions.one(region), idOrName, deleted));
    }

    /// Asks for a cluster. A run makes it.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] for a version that the region does not
    ///     offer or a network that is not there, [Problem.AlreadyExists] for the name,
    ///     [Problem.QuotaExceeded]
    public Accepted create(Grant grant, String region, NewCluster asked) {
        if (asked.stackId() == null) {
            offers.verify(grant, region, asked);
        }
        return database.tx(grant, tx -> create(tx, region, asked));
    }

    /// As [#create(Grant, String, NewCluster)], as part of something larger. What the region
    /// offers is found out by the run.
    public Accepted create(Tx tx, String region, NewCluster asked) {
        var grant = tx.grant();
        projects.hold(tx, grant.scope());
        regions.open(tx, region);
        var id = ids.next("cls");
        var plan = plan(tx, region, asked);
        var pools = newPools.of(tx, grant.scope(), region, AskedPools.of(asked, plan));
        var subject = new Subject(KIND, id);
        var run = asked.dryRun()
                ? runs.start(tx, TryCluster.TYPE, new TryCluster.Input(id), subject)
                : runs.start(tx, CreateCluster.TYPE, new CreateCluster.Input(id), subject);
        var cluster = Cluster.asked(id, grant.scope(), region,
                asked.name() == null ? Slug.of(KIND, id) : asked.name(), asked, pools, run,
                grant.principal().id(), clock.instant()).planned(plan, pools);
        if (!table.insert(tx, cluster)) {
            throw new Problem.AlreadyExists(KIND, cluster.name()).raise();
        }
        for (var pool : pools) {
            if (pool.network() != null) {
                networks.use(tx, pool.network(), subject);
            }
        }
        quotas.reserve(tx, grant.scope(), subject, Pools.amounts(pools));
        events.append(tx, ClusterEvents.of("cluster.created", cluster));
        return new Accepted(table.rows.get(tx, id), runs.get(tx, run));
    }

    private @Nullable Plan plan(Tx tx, String region, NewCluster asked) {
        if (asked.stackId() == null) {
            return null;
        }
        if (asked.kubernetesVersion() != null) {
            throw new Problem.Unprocessable(List.of(new Mistake("kubernetesVersion",
                    "is the stack's word; leave it out, or choose another stack"))).raise();
        }
        var plan = stacks.plan(tx, region, asked.stackId(), asked.parameters() == null
                ? JsonNodeFactory.instance.objectNode() : asked.parameters());
        if (plan.template() == null) {
            throw new Problem.Unprocessable(List.of(new Mistake("stackId",
                    "makes no clusters; choose a stack of kind cluster"))).raise();
        }
        return plan;
    }

    /// Changes texts and labels at once, and all else by a run.
    ///
    /// @param change makes the new ones of the old ones
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.IllegalTransition] while something else changes the
    ///     cluster, [Problem.UpgradeNotAllowed], [Problem.Unprocessable] for values or services
    ///     that the region does not offer, [Problem.QuotaExceeded]
    public Accepted change(Grant grant, String region, String idOrName,
            Function<Cluster, Change> change, OptionalLong expected) {
        var known = get(grant, region, idOrName);
        var setup = change.apply(known).setup();
        if (setup != null && !setup.equals(known.setup())) {
            offers.verify(grant, known, setup);
        }
        return database.tx(grant, tx -> {
            var found = alterations.lock(tx, grant, region, idOrName, expected);
            var to = change.apply(found);
            table.rows.describe(tx, found.id(), to.displayName(), to.description(), to.labels(),
                    clock.instant());
            events.append(tx, ClusterEvents.of("cluster.updated", found));
            var run = begin(tx, found, to);
            return new Accepted(table.rows.get(tx, found.id()), run);
        });
    }

    private @Nullable Run begin(Tx tx, Cluster found, Change to) {
        if (to.kubernetesVersion() != null) {
            return alterations.upgrade(tx, found, to.kubernetesVersion());
        }
        if (to.setup() != null) {
            return alterations.update(tx, found, to.setup());
        }
        return to.scales().isEmpty() ? null
                : alterations.scale(tx, found, Pools.scaled(found, to.scales()));
    }

    /// Asks the run that changes a cluster just now to stop, and to take back what it can.
    ///
    /// @throws Problem.Failure [Problem.IllegalTransition] when none does
    public Accepted cancel(Grant grant, String region, String idOrName, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = alterations.lock(tx, grant, region, idOrName, expected);
            var run = found.runId() == null ? null : runs.get(tx, found.runId());
            if (run == null || !runs.stop(tx, run.id())) {
                throw new Problem.IllegalTransition(KIND, found.id(),
                        ClusterEvents.text(found.state()), "cancel a change").raise();
            }
            events.append(tx, ClusterEvents.of("cluster.cancelling", found));
            return new Accepted(found, runs.get(tx, run.id()));
        });
    }

    /// Deletes a cluster by a run, whatever else is going on with it. Asked again, it answers with
    /// the same run.
    public Accepted delete(Grant grant, String region, String idOrName, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = alterations.lock(tx, grant, region, idOrName, OptionalLong.empty());
            if (found.state() != Cluster.State.DELETING) {
                IfMatch.verify(KIND, found.id(), found.version(), expected);
            }
            return delete(tx, found);
        });
    }

    /// As part of something larger: as [#delete(Grant, String, String, OptionalLong)], and one
    /// that is gone is left alone.
    ///
    /// @param id its identifier
    public void delete(Tx tx, String id) {
        table.rows.findLocked(tx, id).filter(found -> found.deletedAt() == null)
                .ifPresent(found -> delete(tx, found));
    }

    Accepted delete(Tx tx, Cluster found) {
        if (found.state() == Cluster.State.DELETING && found.runId() != null) {
            return new Accepted(found, runs.get(tx, found.runId()));
        }
        if (found.runId() != null) {
            runs.stop(tx, found.runId());
        }
        var run = runs.startBeside(tx, DeleteCluster.TYPE,
                new DeleteCluster.Input(found.id(), found.runId()),
                new Subject(KIND, found.id()), tx.grant().scope().within(
                        Scope.project(found.organizationId(), found.projectId())));
        table.rows.begin(tx, found.id(), Cluster.State.DELETING, run, clock.instant());
        events.append(tx, ClusterEvents.of("cluster.deleting", found));
        return new Accepted(table.rows.get(tx, found.id()),
                runs.get(tx, run));
    }

    /// As part of something larger: makes a cluster as another plan says, by a run. Pools that the
    /// user has resized keep their sizes, unless the plans differ there.
    ///
    /// @throws Problem.Failure [Problem.IllegalTransition] while something else changes it,
    ///     [Problem.QuotaExceeded]
    /// @return the run; `null` when it is so already
    public @Nullable String replan(Tx tx, String id, Plan plan) {
        var found = Alterations.present(
                table.rows.findLocked(tx, id).filter(c -> c.deletedAt() == null), id);
        if (plan.equals(found.plan())) {
            return null;
        }
        if (!found.state().isSettled()) {
            throw new Problem.IllegalTransition(
                    KIND, id, ClusterEvents.text(found.state()), "update").raise();
        }
        var pools = Pools.planned(found, plan, ids);
        var run = runs.start(tx, UpdateCluster.TYPE,
                new UpdateCluster.Input(id, plan, pools, found.setup()), new Subject(KIND, id));
        table.rows.begin(tx, id, Cluster.State.UPDATING, run, clock.instant());
        events.append(tx, ClusterEvents.of("cluster.updating", found));
        alterations.reserve(tx, found, pools);
        return run;
    }

    /// As part of something larger: takes [#replan] back. A run that is at it is stopped, and takes
    /// back itself what it did. A template that KCM lets nobody leave is kept.
    ///
    /// @return whether no more is to be done; else ask again
    public boolean restore(Tx tx, String id, Plan plan) {
        var found = table.rows.lock(tx, id);
        var run = found.runId();
        if (found.state() == Cluster.State.UPDATING && run != null
                && !runs.get(tx, run).status().isOver()) {
            runs.stop(tx, run);
            return false;
        }
        if (found.state().isSettled() && found.mayHave(plan.template())) {
            replan(tx, id, plan);
        }
        return true;
    }

    /// All clusters of the caller's current organization that it may see, the newest first.
    public List<Cluster> visible(Grant grant) {
        return database.read(grant, tx -> table.within(tx,
                policies.reach(tx, grant.principal(), GET),
                grant.scope().requireOrganization(), null));
    }

    /// The cluster to take when a request names none: the oldest that is of use.
    Optional<Cluster> standard(List<Cluster> visible) {
        return visible.reversed().stream().filter(c -> c.state().isUsable()).findFirst();
    }

    /// The name by which [#named] finds the default cluster.
    public Optional<String> standardName(Grant grant) {
        var visible = visible(grant);
        return standard(visible).map(cluster -> visible.stream()
                .filter(other -> other.name().equals(cluster.name())).count() == 1
                        ? cluster.name() : cluster.name() + "." + cluster.projectId());
    }

    /// The cluster that a caller without a word for projects means: a name, or `name.project`
    /// with the project's identifier or name.
    ///
    /// @throws Problem.Failure [Problem.Ambiguous] naming the qualified names, or
    ///     [Problem.NotFound]
    public Cluster named(Grant grant, String name) {
        return database.read(grant, tx -> {
            int dot = name.indexOf('.');
            var bare = dot < 0 ? name : name.substring(0, dot);
            var found = table.within(tx, policies.reach(tx, grant.principal(), GET),
                    grant.scope().requireOrganization(), bare);
            var meant = dot < 0 ? found : found.stream()
                    .filter(c -> isProject(tx, c, name.substring(dot + 1))).toList();
            if (meant.size() > 1) {
                throw new Problem.Ambiguous(KIND, name, meant.stream()
                        .map(c -> c.name() + "." + projectName(tx, c)).toList()).raise();
            }
            return Alterations.present(meant.stream().findFirst(), name);
        });
    }

    /// How a cluster is reached, as its administrator. For sagas, loops and views of other
    /// packages that checked that the caller may: it never leaves the server.
    ///
    /// @param id its identifier
    /// @throws Problem.Failure [Problem.IllegalTransition] while it cannot be reached
    public KubeTarget target(Grant grant, String id) {
        return database.read(grant, tx -> target(tx, table.rows.get(tx, id)));
    }

    /// As [#target], empty when it is gone or about to go: with a cluster goes everything in it, so
    /// that there is nothing to take back.
    public Optional<KubeTarget> reach(Grant grant, String id) {
        return database.read(grant, tx -> table.rows.byId(tx, id)
                .filter(cluster -> cluster.state().isUsable())
                .map(cluster -> target(tx, cluster)));
    }

    private KubeTarget target(Tx tx, Cluster cluster) {
        var id = cluster.id();
        var sealed = table.rows.sealed(tx, id, SEALED);
        if (!cluster.state().isUsable() || sealed.isEmpty()) {
            throw new Problem.IllegalTransition(
                    KIND, id, ClusterEvents.text(cluster.state()), "connect").raise();
        }
        var named = cluster.origin() == Cluster.Origin.PROVISIONED
                ? Set.of(regions.get(tx, cluster.region()).host()) : Set.<String>of();
        return new KubeTarget(id + "#" + cluster.connection(),
                Kubeconfig.read(sealing.open(sealed.get(), SEALED.at(id)), null), named);
    }

    /// Those with these identifiers, deleted ones too. For what other packages made.
    public Map<String, Cluster> byIds(Tx tx, Collection<String> ids) {
        return table.rows.all(tx, ids).stream()
                .collect(Collectors.toMap(Cluster::id, Function.identity()));
    }

    /// By identifier, wherever it is. For the sagas and loops of other packages.
    ///
    /// @return empty when there never was one
    public Optional<Cluster> byId(Grant grant, String id) {
        return database.read(grant, tx -> table.rows.byId(tx, id));
    }

    private boolean isProject(Tx tx, Cluster cluster, String project) {
        return cluster.projectId().equals(project) || projectName(tx, cluster).equals(project);
    }

    private String projectName(Tx tx, Cluster cluster) {
        return projects.byId(tx, cluster.projectId()).map(p -> p.name())
                .orElse(cluster.projectId());
    }

    /// Identifiers of those in a project, in all regions.
    public List<String> inProject(Tx tx, Scope project) {
        return table.rows.inProject(tx, project.requireProject());
    }

    private static String project(Grant grant) {
        return grant.scope().requireProject();
    }
}
