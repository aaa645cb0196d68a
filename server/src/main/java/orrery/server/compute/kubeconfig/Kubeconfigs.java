package orrery.server.compute.kubeconfig;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.Slug;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;
import orrery.kit.secret.Secret;
import orrery.server.compute.cluster.Cluster;
import orrery.server.compute.cluster.Clusters;
import orrery.server.iam.policy.Policies;
import orrery.server.tenancy.region.Regions;

/// The kubeconfigs of clusters.
@Singleton
public final class Kubeconfigs {
    public static final SealedColumn SEALED =
            new SealedColumn("kubeconfig", "id", "sealed_content");

    static final String KIND = "kubeconfig";
    private static final int SWEEP = 100;
    private static final Permission MANAGE = new Permission("iam.policies.create");
    private static final Permission WORK = new Permission("compute.clusters.update");

    /// How long one that is over is still listed, when its user has had another issued.
    private static final Duration KEPT = Duration.ofDays(1);

    /// How long a request waits for the cluster before it answers with the run.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final KubeconfigTable table = new KubeconfigTable();
    private final Database database;
    private final Clusters clusters;
    private final Policies policies;
    private final Access access;
    private final Sealing sealing;
    private final Events events;
    private final Runs runs;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Kubeconfigs(Database database, Clusters clusters, Policies policies, Access access,
            Sealing sealing, Events events, Runs runs, Paging paging, Ids ids, Clock clock) {
        this.database = database;
        this.clusters = clusters;
        this.policies = policies;
        this.access = access;
        this.sealing = sealing;
        this.events = events;
        this.runs = runs;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// What became of a request.
    ///
    /// @param waiting the run that goes on; `null` when everything is done
    public record Accepted(Kubeconfig kubeconfig, @Nullable Run waiting) {}

    /// Those of a cluster that are not revoked, the newest first.
    public Page<Kubeconfig> list(Grant grant, String region, String cluster, PageAsk ask) {
        var found = clusters.get(grant, region, cluster);
        return database.read(grant, tx -> table.list(tx, paging, ask, found.id()));
    }

    public Kubeconfig get(Grant grant, String region, String cluster, String idOrName) {
        var found = clusters.get(grant, region, cluster);
        return database.read(grant,
                tx -> present(table.find(tx, found.id(), idOrName), idOrName));
    }

    /// The region of a cluster, which a path may leave open.
    String region(Grant grant, String region, String cluster) {
        return Regions.one(region) == null ? clusters.get(grant, region, cluster).region()
                : region;
    }

    /// Issues a kubeconfig, and waits a few seconds for the cluster to agree.
    ///
    /// @throws Problem.Failure [Problem.IllegalTransition] while the cluster does not run,
    ///     [Problem.Unprocessable] for a role above the caller's own
    public Accepted issue(Grant grant, String region, String cluster, NewKubeconfig asked) {
        var of = clusters.get(grant, region, cluster);
        verifyUsable(of);
        var own = own(grant);
        var role = asked.role() == null ? own : asked.role();
        var user = asked.user() == null ? grant.principal().id() : asked.user();
        verifyRole(own, role);
        var accepted = database.tx(grant, tx -> {
            verifyUser(tx, grant, own, user);
            var id = ids.next("kcf");
            var run = runs.start(tx, IssueKubeconfig.TYPE, new IssueKubeconfig.Input(id),
                    new Subject(KIND, id));
            var now = clock.instant();
            var made = new Kubeconfig(id, of.id(), of.organizationId(), of.projectId(),
                    asked.name() == null ? Slug.of(KIND, id) : asked.name(), user, role,
                    Kubeconfig.State.ISSUING, asked.ttlSeconds(), null, null, run, 1,
                    grant.principal().id(), now, now, null);
            if (!table.insert(tx, made)) {
                throw new Problem.AlreadyExists(KIND, made.name()).raise();
            }
            table.forget(tx, of.id(), user, now.minus(KEPT), now);
            events.append(tx, event("kubeconfig.requested", made));
            return new Accepted(made, runs.get(tx, run));
        });
        return settled(grant, accepted);
    }

    /// A kubeconfig without a secret, with which kubectl runs `orrery kube-token` for one.
    ///
    /// @param server where the command line asks
    /// @throws Problem.Failure [Problem.IllegalTransition] while the cluster does not run
    public String exec(Grant grant, String region, String cluster, String server) {
        var of = clusters.get(grant, region, cluster);
        verifyUsable(of);
        return clusters.target(grant, of.id()).config().write(of.name(), "orrery", List.of(
                "kube-token", "--url", server, "--cluster", "/v1/regions/" + of.region()
                        + "/projects/" + of.projectId() + "/compute/clusters/" + of.id()),
                "orrery is Orrery's command line: put the folder that it lies in on your PATH");
    }

    private static void verifyUsable(Cluster cluster) {
        if (!cluster.state().isUsable()) {
            throw new Problem.IllegalTransition("cluster", cluster.id(),
                    cluster.state().name().toLowerCase(Locale.ROOT),
                    "issue a kubeconfig").raise();
        }
    }

    /// The most that the caller may do in a cluster of this project.
    private Kubeconfig.Role own(Grant grant) {
        if (access.allows(grant.call(), MANAGE, grant.scope())) {
            return Kubeconfig.Role.ADMIN;
        }
        return access.allows(grant.call(), WORK, grant.scope())
                ? Kubeconfig.Role.MEMBER : Kubeconfig.Role.VIEWER;
    }

    private static void verifyRole(Kubeconfig.Role own, Kubeconfig.Role asked) {
        if (asked.isAbove(own)) {
            throw unprocessable("role", "is more than your own role in this project allows");
        }
    }

    private void verifyUser(Tx tx, Grant grant, Kubeconfig.Role own, String user) {
        if (user.equals(grant.principal().id())) {
            return;
        }
        if (own != Kubeconfig.Role.ADMIN) {
            throw unprocessable("user", "may be another only for admins of the project");
        }
        if (policies.roleNames(tx, user, grant.scope()).isEmpty()) {
            throw unprocessable("user", "is nobody who may work in this project");
        }
    }

    /// The kubeconfig's text, for the user it is for and for admins. Every download is an event.
    ///
    /// @throws Problem.Failure [Problem.Conflict] when it is not active
    public Secret download(Grant grant, String region, String cluster, String idOrName) {
        var of = clusters.get(grant, region, cluster).id();
        return database.tx(grant, tx -> {
            var id = present(table.findEver(tx, of, idOrName), idOrName).id();
            var found = table.rows.lock(tx, id);
            if (!found.issuedFor().equals(grant.principal().id())
                    && own(grant) != Kubeconfig.Role.ADMIN) {
                throw new Problem.Forbidden("compute.kubeconfigs.download",
                        "kubeconfigs of other users").raise();
            }
            var now = clock.instant();
            if (found.state() != Kubeconfig.State.ACTIVE || isExpired(found)) {
                throw new Problem.Conflict(KIND, found.id(), "it is "
                        + (isExpired(found) ? "expired" : text(found.state()))
                        + "; issue another").raise();
            }
            table.downloaded(tx, found.id(), now);
            events.append(tx, event("kubeconfig.downloaded", found));
            return Secret.of(sealing.open(table.rows.sealed(tx, id, SEALED).orElseThrow(),
                    SEALED.at(id)));
        });
    }

    /// Revokes a kubeconfig, and waits a few seconds for the cluster to forget it. Asked again, it
    /// answers with the same run, or begins another when that one failed.
    public Accepted revoke(Grant grant, String region, String cluster, String idOrName) {
        var id = get(grant, region, cluster, idOrName).id();
        var accepted = database.tx(grant, tx -> {
            var found = present(
                    table.rows.findLocked(tx, id).filter(k -> k.deletedAt() == null), idOrName);
            if (found.state().isOver()) {
                table.end(tx, found.id(), found.state(), clock.instant(), clock.instant());
                return new Accepted(found, null);
            }
            if (found.state() == Kubeconfig.State.REVOKING && found.runId() != null) {
                var run = runs.get(tx, found.runId());
                if (!run.status().isOver()) {
                    return new Accepted(found, run);
                }
            }
            return new Accepted(found, begin(tx, found, Kubeconfig.State.REVOKED));
        });
        return settled(grant, accepted);
    }

    /// Starts to take a kubeconfig's objects out of its cluster.
    ///
    /// @param end what it shall be then: revoked or expired
    private Run begin(Tx tx, Kubeconfig kubeconfig, Kubeconfig.State end) {
        var run = runs.start(tx, RevokeKubeconfig.TYPE,
                new RevokeKubeconfig.Input(kubeconfig.id(), end),
                new Subject(KIND, kubeconfig.id()),
                Scope.project(kubeconfig.organizationId(), kubeconfig.projectId()));
        table.begin(tx, kubeconfig.id(), Kubeconfig.State.REVOKING, run, clock.instant());
        events.append(tx, event("kubeconfig.revoking", kubeconfig));
        return runs.get(tx, run);
    }

    private Accepted settled(Grant grant, Accepted accepted) {
        if (accepted.waiting() == null) {
            return accepted;
        }
        var run = runs.join(grant, accepted.waiting().id(), PATIENCE);
        var now = byId(grant, accepted.kubeconfig().id());
        boolean unfinished = run.status().isOver() && now.state() == Kubeconfig.State.REVOKING;
        if (now.state() == Kubeconfig.State.FAILED || unfinished) {
            throw new Problem.Conflict(KIND, now.id(), run.error() == null
                    ? "the cluster refused it" : run.error().message()).raise();
        }
        return new Accepted(now, run.status().isOver() ? null : run);
    }

    Kubeconfig byId(Grant grant, String id) {
        return database.read(grant, tx -> table.rows.get(tx, id));
    }

    /// Those whose time is over or whose cluster is gone, and that are not over yet, a few.
    List<Kubeconfig> due(Grant grant) {
        return database.read(grant, tx -> table.due(tx, clock.instant(), SWEEP));
    }

    /// Begins to take one out of its cluster that is due, unless a run is at it.
    void end(Tx tx, String id) {
        var found = table.rows.lock(tx, id);
        boolean isLeft = switch (found.state()) {
            case ACTIVE -> true;
            case REVOKING -> found.runId() == null
                    || runs.get(tx, found.runId()).status().isOver();
            case ISSUING, EXPIRED, REVOKED, FAILED -> false;
        };
        if (isLeft) {
            begin(tx, found,
                    isExpired(found) ? Kubeconfig.State.EXPIRED : Kubeconfig.State.REVOKED);
        }
    }

    private boolean isExpired(Kubeconfig kubeconfig) {
        var expires = kubeconfig.expiresAt();
        return expires != null && !expires.isAfter(clock.instant());
    }

    /// A run begins to issue it; it may be repeated after it failed.
    void issuing(Tx tx, String id, String run) {
        var found = table.rows.lock(tx, id);
        if (found.state() == Kubeconfig.State.FAILED && found.deletedAt() == null) {
            table.begin(tx, id, Kubeconfig.State.ISSUING, run, clock.instant());
        } else if (found.state() != Kubeconfig.State.ISSUING) {
            throw new Problem.IllegalTransition(
                    KIND, id, text(found.state()), "be issued").raise();
        }
    }

    void activated(Tx tx, String id, Issued issued) {
        var kubeconfig = table.rows.lock(tx, id);
        table.activate(tx, kubeconfig.id(), issued.expires(),
                sealing.seal(issued.content(), SEALED.at(kubeconfig.id())), clock.instant());
        events.append(tx, event("kubeconfig.issued", kubeconfig));
    }

    void failed(Tx tx, String id) {
        var kubeconfig = table.rows.lock(tx, id);
        table.end(tx, kubeconfig.id(), Kubeconfig.State.FAILED, null, clock.instant());
        events.append(tx, event("kubeconfig.failed", kubeconfig));
    }

    /// An expired one goes on being listed until somebody revokes it. One that is over stays as it
    /// is, should an earlier run be repeated.
    void ended(Tx tx, String id, Kubeconfig.State end) {
        var kubeconfig = table.rows.lock(tx, id);
        if (kubeconfig.state().isOver()) {
            return;
        }
        var now = clock.instant();
        table.end(tx, kubeconfig.id(), end, end == Kubeconfig.State.REVOKED ? now : null, now);
        events.append(tx, event("kubeconfig." + text(end), kubeconfig));
    }

    static NewEvent event(String type, Kubeconfig about) {
        return new NewEvent(type, new Subject(KIND, about.id()),
                Scope.project(about.organizationId(), about.projectId()),
                Map.of("name", about.name(), "clusterId", about.clusterId(),
                        "issuedFor", about.issuedFor(), "role", text(about.role())));
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Problem.Failure unprocessable(String field, String message) {
        return new Problem.Unprocessable(List.of(new Mistake(field, message))).raise();
    }

    private static Kubeconfig present(Optional<Kubeconfig> found, String idOrName) {
        return found.orElseThrow(() -> new Problem.NotFound(KIND, idOrName).raise());
    }
}
