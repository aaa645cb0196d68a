package orrery.server.platform.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import orrery.kit.Ids;
import orrery.kit.Mistakes;
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
import orrery.kit.http.BodyReader;
import orrery.kit.http.Deleted;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Locator;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.http.Patch;
import orrery.kit.kube.Environment;
import orrery.kit.kube.FollowedLogs;
import orrery.kit.kube.KubeFailure;
import orrery.kit.kube.LogPlace;
import orrery.kit.kube.Pods;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Secret;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.policy.Reach;
import orrery.server.platform.inference.Endpoint.State;
import orrery.server.tenancy.project.Contents;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// The inference endpoints of projects: what users may do with them.
@Singleton
public final class Endpoints implements Contents, Locator {
    /// Where their environment and their keys are sealed.
    public static final SealedColumn SEALED =
            new SealedColumn("inference_endpoint", "id", "sealed_settings");

    static final String KIND = "inference";
    private static final Permission LIST = new Permission("ai.inference.list");
    private static final String KEY_PREFIX = "inf_sk_";

    private final EndpointTable table = new EndpointTable();
    private final EndpointLifecycle lifecycle;
    private final EndpointLook look;
    private final Database database;
    private final Projects projects;
    private final Policies policies;
    private final Regions regions;
    private final Sizes sizes;
    private final Hosting hosting;
    private final Events events;
    private final Runs runs;
    private final Paging paging;
    private final RandomSecrets secrets;
    private final Ids ids;
    private final Clock clock;

    public Endpoints(EndpointLifecycle lifecycle, EndpointLook look, Database database,
            Projects projects, Policies policies, Regions regions, Sizes sizes, Hosting hosting,
            Events events, Runs runs, Paging paging, RandomSecrets secrets, Ids ids, Clock clock) {
        this.lifecycle = lifecycle;
        this.look = look;
        this.database = database;
        this.projects = projects;
        this.policies = policies;
        this.regions = regions;
        this.sizes = sizes;
        this.hosting = hosting;
        this.events = events;
        this.runs = runs;
        this.paging = paging;
        this.secrets = secrets;
        this.ids = ids;
        this.clock = clock;
    }

    /// What became of a request.
    ///
    /// @param run that changes it; `null` when everything is done already
    /// @param key that its callers need, said this once; `null` when there is no new one
    public record Accepted(Endpoint endpoint, @Nullable Run run, @Nullable Secret key) {}

    static Subject subject(String id) {
        return new Subject(KIND, id);
    }

    /// One page of those of the grant's project in a region, the newest first.
    ///
    /// @param region code; `global` for all
    public Page<Endpoint> list(Grant grant, String region, PageAsk ask) {
        return database.read(grant, tx -> table.list(tx, paging, ask,
                Reach.project(project(grant)), regions.checked(tx, region)));
    }

    /// As [#list], of all projects whose endpoints the caller may list.
    public Page<Endpoint> visible(Grant grant, String region, PageAsk ask) {
        return database.read(grant, tx -> table.list(tx, paging, ask,
                policies.reach(tx, grant.principal(), LIST), regions.checked(tx, region)));
    }

    /// @param region code; `global` for any
    /// @param idOrName identifier or name
    /// @param deleted whether one is found that is deleted, too, by identifier
    public Endpoint get(Grant grant, String region, String idOrName, Deleted deleted) {
        return database.read(grant, tx -> table.rows.get(
                tx, project(grant), Regions.one(region), idOrName, deleted));
    }

    /// Asks for an endpoint. A run makes it.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] for the name, [Problem.QuotaExceeded],
    ///     [Problem.Unprocessable] for an instance type that is not offered and for a cluster that
    ///     is not there or offers no KServe, [Problem.IllegalTransition] for one that does not run
    public Accepted create(Grant grant, String region, NewEndpoint asked) {
        var cluster = asked.clusterId() == null ? null
                : hosting.choose(grant, region, asked.clusterId());
        return database.tx(grant, tx -> create(tx, region, asked, cluster));
    }

    private Accepted create(Tx tx, String region, NewEndpoint asked, @Nullable String cluster) {
        var grant = tx.grant();
        projects.hold(tx, grant.scope());
        regions.open(tx, region);
        var id = ids.next("inf");
        var run = runs.start(tx, CreateEndpoint.TYPE, new CreateEndpoint.Input(id),
                subject(id));
        var endpoint = build(grant, region, cluster, id, asked,
                sizes.choose(tx, region, asked.gpu(), asked.instanceType()), run);
        var key = endpoint.serving().auth().mode() == Serving.Auth.Mode.API_KEY
                ? Secret.of(KEY_PREFIX + secrets.next()) : null;
        if (!table.insert(tx, endpoint, lifecycle.sealed(id, settings(asked.env(), key)))) {
            throw new Problem.AlreadyExists(KIND, endpoint.name()).raise();
        }
        lifecycle.reserve(tx, endpoint, endpoint.serving().gpus());
        events.append(tx, EndpointEvents.of("created", endpoint));
        return new Accepted(table.rows.get(tx, id), runs.get(tx, run), key);
    }

    /// As part of something larger: as [#create(Grant, String, NewEndpoint)], on the region's own
    /// cluster and without a key.
    ///
    /// @param body as a POST says it
    public Accepted create(Tx tx, String region, ObjectNode body) {
        return create(tx, region, read(body), null);
    }

    /// What is wrong with the body of a POST, whatever a region offers, for
    /// [#create(Tx, String, ObjectNode)].
    public List<Mistake> mistakes(ObjectNode body) {
        try {
            var asked = read(body);
            return new Mistakes()
                    .unless(asked.auth().mode() == Serving.Auth.Mode.PUBLIC, "auth.mode",
                            "must be public: nobody would be told the key")
                    .unless(asked.clusterId() == null, "clusterId",
                            "cannot be said by a stack").found();
        } catch (Problem.Failure refusal) {
            if (refusal.problem() instanceof Problem.Invalid invalid) {
                return invalid.mistakes();
            }
            throw refusal;
        }
    }

    private NewEndpoint read(ObjectNode body) {
        return BodyReader.read(InferenceBody.New.class, body.toString().getBytes(
                StandardCharsets.UTF_8), true, clock.instant()).input();
    }

    /// As part of something larger: has one serve what the body of a POST says.
    ///
    /// @throws Problem.Failure [Problem.IllegalTransition] while something else changes it
    /// @return the run; `null` when it is so already
    public @Nullable String change(Tx tx, String id, ObjectNode body) {
        var found = table.rows.findLocked(tx, id).filter(it -> it.deletedAt() == null)
                .orElseThrow(() -> new Problem.NotFound(KIND, id).raise());
        var asked = read(body);
        var to = new EndpointChange(found.displayName(), found.description(), found.labels(),
                asked.model(), asked.gpu(), asked.instanceType(), asked.replicas(),
                asked.autoscaling(), become(lifecycle.settings(tx, id), asked.env()));
        var serving = to.of(found.serving(), sizes.changed(tx, found, to));
        return serving.equals(found.serving()) ? null
                : update(tx, found, serving, to.env(), "update").id();
    }

    /// What makes an environment of an old one.
    private static Patch<Map<String, String>> become(
            Map<String, String> old, Map<String, String> env) {
        if (old.equals(env)) {
            return Patch.absent();
        }
        var said = new HashMap<>(env);
        old.keySet().forEach(name -> said.putIfAbsent(name, null));
        return Patch.of(said);
    }

    /// As part of something larger: takes [#change(Tx, String, ObjectNode)] back. A run that is at
    /// it is stopped, and takes back itself what it did.
    ///
    /// @return whether no more is to be done; else ask again
    public boolean restore(Tx tx, String id, ObjectNode body) {
        var found = table.rows.lock(tx, id);
        var run = found.runId();
        boolean isChanging = found.state() == State.SCALING || found.state() == State.UPDATING;
        if (isChanging && run != null && !runs.get(tx, run).status().isOver()) {
            runs.stop(tx, run);
            return false;
        }
        if (found.state().isSettled()) {
            change(tx, id, body);
        }
        return true;
    }

    /// As part of something larger: as [#delete(Grant, String, String, OptionalLong)], and one
    /// that is gone is left alone.
    ///
    /// @param id its identifier
    public void delete(Tx tx, String id) {
        table.rows.findLocked(tx, id).filter(found -> found.deletedAt() == null)
                .ifPresent(found -> delete(tx, found));
    }

    /// Those with these identifiers, deleted ones too. For what other packages made.
    public Map<String, Endpoint> byIds(Tx tx, Collection<String> ids) {
        return table.rows.all(tx, ids).stream()
                .collect(Collectors.toMap(Endpoint::id, Function.identity()));
    }

    private static Map<String, String> settings(Map<String, String> env, @Nullable Secret key) {
        var settings = new HashMap<>(env);
        if (key != null) {
            settings.put(InferenceServices.API_KEY, key.reveal());
        }
        return settings;
    }

    private Endpoint build(Grant grant, String region, @Nullable String cluster, String id,
            NewEndpoint asked, Sizes.Chosen chosen, String run) {
        var now = clock.instant();
        return new Endpoint(id, grant.scope().requireOrganization(), project(grant), region,
                cluster, asked.name() == null ? Slug.of(KIND, id) : asked.name(),
                asked.displayName(), asked.description(), asked.labels(), State.PENDING, null,
                asked.serving(chosen), 0, null, run, 1, grant.principal().id(), now, now, null);
    }

    /// Changes texts and labels at once, and what it serves by a run.
    ///
    /// @param change makes the new ones of the old ones
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.IllegalTransition] for another serving while something
    ///     changes the endpoint; [Problem.QuotaExceeded]
    public Accepted change(Grant grant, String region, String idOrName,
            Function<Endpoint, EndpointChange> change, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            var to = change.apply(found);
            table.rows.describe(tx, found.id(), to.displayName(), to.description(), to.labels(),
                    clock.instant());
            events.append(tx, EndpointEvents.of("updated", found));
            var serving = to.of(found.serving(), sizes.changed(tx, found, to));
            var run = serving.equals(found.serving()) ? null
                    : update(tx, found, serving, to.env(), "update");
            return accepted(tx, found, run);
        });
    }

    /// Ends all of its replicas until it is started again.
    public Accepted stop(Grant grant, String region, String idOrName) {
        return turn(grant, region, idOrName, Serving.Desired.STOPPED, "stop");
    }

    /// Undoes [#stop].
    public Accepted start(Grant grant, String region, String idOrName) {
        return turn(grant, region, idOrName, Serving.Desired.RUNNING, "start");
    }

    private Accepted turn(Grant grant, String region, String idOrName, Serving.Desired desired,
            String action) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            if (found.serving().desired() == desired) {
                throw illegal(found, action);
            }
            return accepted(tx, found,
                    update(tx, found, found.serving().with(desired), Patch.absent(), action));
        });
    }

    private Run update(Tx tx, Endpoint found, Serving to, Patch<Map<String, String>> env,
            String action) {
        if (!found.state().isSettled()) {
            throw illegal(found, action);
        }
        var id = found.id();
        var settings = env.isAbsent() ? null
                : EndpointLifecycle.write(settings(changed(tx, found, env), key(tx, found)));
        var run = runs.start(tx, UpdateEndpoint.TYPE,
                new UpdateEndpoint.Input(id, to, settings), subject(id));
        lifecycle.begin(tx, found, to, run, "updating", "");
        return runs.get(tx, run);
    }

    private Map<String, String> changed(
            Tx tx, Endpoint endpoint, Patch<Map<String, String>> env) {
        var old = new HashMap<>(lifecycle.settings(tx, endpoint.id()));
        old.remove(InferenceServices.API_KEY);
        var all = env.or(old);
        if (all == null) {
            return Map.of();
        }
        var mistakes = new Mistakes();
        Environment.check(mistakes, "env", all);
        mistakes.orRefuse();
        return all;
    }

    private @Nullable Secret key(Tx tx, Endpoint endpoint) {
        var key = lifecycle.settings(tx, endpoint.id()).get(InferenceServices.API_KEY);
        return key == null ? null : Secret.of(key);
    }

    /// Deletes an endpoint by a run, whatever else is going on with it. Asked again, it answers
    /// with the same run.
    public Accepted delete(Grant grant, String region, String idOrName, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, grant, region, idOrName);
            if (found.state() == State.DELETING && found.runId() != null) {
                return new Accepted(found, runs.get(tx, found.runId()), null);
            }
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            return accepted(tx, found, runs.get(tx, delete(tx, found)));
        });
    }

    private String delete(Tx tx, Endpoint found) {
        if (found.state() == State.DELETING && found.runId() != null) {
            return found.runId();
        }
        if (found.runId() != null) {
            runs.stop(tx, found.runId());
        }
        var run = runs.startBeside(tx, DeleteEndpoint.TYPE,
                new DeleteEndpoint.Input(found.id(), found.runId()), subject(found.id()),
                tx.grant().scope().within(found.place()));
        lifecycle.delete(tx, found, run);
        return run;
    }

    /// The end of what its replicas have printed.
    ///
    /// @param lines at most so many
    /// @throws Problem.Failure [Problem.Unavailable] when the region does not answer
    public Pods.Log log(Grant grant, String region, String idOrName, int lines) {
        return asking(grant, region, idOrName,
                pods -> pods.log(InferenceServices.CONTAINER, lines));
    }

    /// What its replicas print from now on, until it is deleted.
    ///
    /// @param lines of each replica to begin with
    /// @param after where to go on
    public FollowedLogs follow(
            Grant grant, String region, String idOrName, int lines, LogPlace after) {
        var endpoint = get(grant, region, idOrName, Deleted.HIDDEN);
        return new FollowedLogs(look.view(grant, endpoint), new FollowedLogs.Of(
                InferenceServices.namespace(endpoint), InferenceServices.pods(endpoint),
                InferenceServices.CONTAINER, lines, after), clock,
                () -> isDeleted(grant, endpoint.id()));
    }

    private boolean isDeleted(Grant grant, String id) {
        return database.read(grant, tx -> table.rows.byId(tx, id))
                .filter(it -> it.deletedAt() == null).isEmpty();
    }

    /// How its replicas are, and what they use.
    ///
    /// @throws Problem.Failure [Problem.Unavailable] when the region does not answer
    public List<Pods.Look> replicas(Grant grant, String region, String idOrName) {
        return asking(grant, region, idOrName, Pods::look);
    }

    private <T> T asking(Grant grant, String region, String idOrName, Function<Pods, T> ask) {
        var endpoint = get(grant, region, idOrName, Deleted.HIDDEN);
        try {
            return ask.apply(new Pods(look.view(grant, endpoint),
                    InferenceServices.namespace(endpoint), InferenceServices.pods(endpoint)));
        } catch (KubeFailure failure) {
            throw failure.problem(endpoint.where()).raise();
        }
    }

    @Override
    public List<String> of(Tx tx, Scope project) {
        return table.rows.ofProject(tx, project.requireProject());
    }

    @Override
    public Layer layer() {
        return Layer.WORKLOADS;
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
    public String prefix() {
        return "inf";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.rows.place(tx, id);
    }

    private Accepted accepted(Tx tx, Endpoint found, @Nullable Run run) {
        return new Accepted(table.rows.get(tx, found.id()), run, null);
    }

    private static Problem.Failure illegal(Endpoint endpoint, String action) {
        return new Problem.IllegalTransition(KIND, endpoint.id(),
                EndpointEvents.text(endpoint.state()), action).raise();
    }

    private Endpoint lock(Tx tx, Grant grant, String region, String idOrName) {
        return table.rows.lock(tx, project(grant), Regions.one(region), idOrName);
    }

    private static String project(Grant grant) {
        return grant.scope().requireProject();
    }
}
