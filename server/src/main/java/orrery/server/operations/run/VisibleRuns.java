package orrery.server.operations.run;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.durable.Run;
import orrery.kit.durable.RunFilter;
import orrery.kit.durable.RunMetrics;
import orrery.kit.durable.RunStep;
import orrery.kit.durable.Runs;
import orrery.kit.events.EventFilter;
import orrery.kit.events.Events;
import orrery.kit.events.Feed;
import orrery.kit.events.Position;
import orrery.kit.events.Subject;
import orrery.kit.events.Subscription;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Policies;
import orrery.server.tenancy.project.Project;
import orrery.server.tenancy.project.Projects;
import org.jspecify.annotations.Nullable;

/// The runs that a caller may see: those of the places where it holds the permission. Runs have no
/// place in their path, so the place is found first and asked for then.
@Singleton
public final class VisibleRuns {
    private static final String KIND = "run";
    private static final Permission LIST = new Permission("workflows.runs.list");
    private static final Permission GET = new Permission("workflows.runs.get");
    private static final Permission CANCEL = new Permission("workflows.runs.cancel");
    private static final Permission RETRY = new Permission("workflows.runs.retry");

    /// Beyond this many nobody leafs by offset.
    private static final int MOST = 10_000;
    private static final int BATCH = 500;
    private static final Comparator<Run> NEWEST_FIRST =
            Comparator.comparing(Run::createdAt).thenComparing(Run::id).reversed();

    private final Runs runs;
    private final Events events;
    private final Feed feed;
    private final Database database;
    private final Policies policies;
    private final Projects projects;
    private final Access access;
    private final Paging paging;

    public VisibleRuns(Runs runs, Events events, Feed feed, Database database,
            Policies policies, Projects projects, Access access, Paging paging) {
        this.runs = runs;
        this.events = events;
        this.feed = feed;
        this.database = database;
        this.policies = policies;
        this.projects = projects;
        this.access = access;
        this.paging = paging;
    }

    /// A run with what it has done so far.
    public record Told(Run run, List<RunStep> steps) {
        public Told {
            steps = List.copyOf(steps);
        }
    }

    /// One page, the newest first.
    ///
    /// @param filter its scope is not looked at: the caller's own counts
    public Page<Run> list(Grant caller, RunFilter filter, PageAsk ask) {
        verifyOrder(ask);
        var places = places(caller);
        return paging.page(ask, "runs " + filter, new Paging.Source<Run>() {
            @Override
            public List<Run> after(@Nullable List<String> position, int limit) {
                var last = position == null ? null : get(caller, position.getFirst(), GET);
                return merged(caller, places, filter, last, limit);
            }

            @Override
            public List<Run> from(long offset, int limit) {
                return all(caller, places, filter).stream().skip(offset).limit(limit).toList();
            }

            @Override
            public long count() {
                return all(caller, places, filter).size();
            }

            @Override
            public List<String> position(Run run) {
                return List.of(run.id());
            }
        });
    }

    /// Counts those that the caller may list.
    RunMetrics metrics(Grant caller, List<String> types, Instant since) {
        return runs.metrics(caller, places(caller).stream()
                .map(place -> access.require(caller.call(), LIST, place)).toList(), types, since);
    }

    private static void verifyOrder(PageAsk ask) {
        var newest = List.of(new PageAsk.Sort("createdAt", true));
        if (!ask.sort().isEmpty() && !ask.sort().equals(newest)) {
            throw new Problem.BadQuery(Problem.BadQuery.Part.SORT,
                    "runs are listed with the newest first", List.of("-createdAt")).raise();
        }
    }

    private List<Run> all(Grant caller, List<Scope> places, RunFilter filter) {
        var all = new ArrayList<Run>();
        Run last = null;
        while (all.size() < MOST) {
            var more = merged(caller, places, filter, last, BATCH);
            all.addAll(more);
            if (more.size() < BATCH) {
                break;
            }
            last = more.getLast();
        }
        return all;
    }

    private List<Run> merged(Grant caller, List<Scope> places, RunFilter filter,
            @Nullable Run last, int limit) {
        return places.stream()
                .flatMap(place -> runs.list(access.require(caller.call(), LIST, place),
                        filter.in(place), last, limit).stream())
                .sorted(NEWEST_FIRST)
                .limit(limit)
                .toList();
    }

    /// Where the caller may list runs; no place lies within another.
    private List<Scope> places(Grant caller) {
        return database.read(caller, tx -> {
            var reach = policies.reach(tx, caller.principal(), LIST);
            if (reach.everywhere()) {
                return List.of(Scope.PLATFORM);
            }
            var places = new ArrayList<Scope>();
            reach.organizations().forEach(id -> places.add(Scope.organization(id)));
            reach.projects().stream()
                    .flatMap(id -> projects.byId(tx, id).stream())
                    .map(Project::scope)
                    .filter(scope -> !reach.organizations().contains(scope.organization()))
                    .forEach(places::add);
            return places;
        });
    }

    public Told get(Grant caller, String id) {
        var run = get(caller, id, GET);
        return new Told(run, runs.steps(in(caller, run, GET), id));
    }

    /// Asks a run to stop and to undo what it did.
    public Told cancel(Grant caller, String id) {
        var run = get(caller, id, CANCEL);
        database.write(in(caller, run, CANCEL), tx -> runs.cancel(tx, id));
        return get(caller, id);
    }

    /// Starts a run that repeats one that failed or was cancelled.
    ///
    /// @param fromStep take the steps before this one as done; `null` to begin anew
    public Told retry(Grant caller, String id, @Nullable String fromStep) {
        var run = get(caller, id, RETRY);
        var next = database.tx(in(caller, run, RETRY), tx -> runs.retry(tx, id, fromStep));
        return get(caller, next);
    }

    /// What happens to a run from now on, or after an event that was seen.
    ///
    /// @param after [Position#token] of the last event that was seen; `null` for none
    Subscription follow(Grant caller, Run run, @Nullable String after) {
        return feed.subscribe(in(caller, run, GET), filter(run), after);
    }

    /// Whether nothing of a run will come after this event.
    boolean isLast(Grant caller, Run run, @Nullable String after) {
        if (!run.status().isOver()) {
            return false;
        }
        if (after == null) {
            return true;
        }
        var newest = events.list(in(caller, run, GET), filter(run), null, 1);
        return newest.isEmpty()
                || newest.getFirst().position().compareTo(Position.parse(after)) <= 0;
    }

    private static EventFilter filter(Run run) {
        return EventFilter.of(run.scope(), new Subject(KIND, run.id()));
    }

    private Run get(Grant caller, String id, Permission permission) {
        var run = runs.get(access.system("runs"), id);
        in(caller, run, permission);
        return run;
    }

    /// The caller's right where the run is.
    ///
    /// @throws Problem.Failure [Problem.NotFound] of the run when the caller may not know its place
    private Grant in(Grant caller, Run run, Permission permission) {
        return orNotFound(run, place -> access.require(caller.call(), permission, place));
    }

    private static Grant orNotFound(Run run, Function<Scope, Grant> ask) {
        try {
            return ask.apply(run.scope());
        } catch (Problem.Failure refusal) {
            if (refusal.problem() instanceof Problem.NotFound) {
                throw new Problem.NotFound(KIND, run.id()).raise();
            }
            throw refusal;
        }
    }
}
