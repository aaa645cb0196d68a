package orrery.server.tenancy.project;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Steps;
import orrery.kit.events.Subject;
import orrery.kit.http.IfMatch;
import orrery.server.iam.policy.ProjectEnd;
import orrery.server.tenancy.project.Contents.Layer;
import org.jspecify.annotations.Nullable;

/// Deletes projects: empty ones at once, others with all that is in them, by a run.
@Singleton
public final class ProjectDeletions {
    private static final Set<Layer> ALL = EnumSet.allOf(Layer.class);

    private final Database database;
    private final Projects projects;
    private final Iterable<Contents> contents;
    private final Iterable<ProjectEnd> ends;
    private final Runs runs;

    public ProjectDeletions(Database database, Projects projects,
            @Any Instance<Contents> contents, @Any Instance<ProjectEnd> ends, Runs runs) {
        this.database = database;
        this.projects = projects;
        this.contents = contents;
        this.ends = ends;
        this.runs = runs;
    }

    /// What became of a request.
    ///
    /// @param run `null` when everything is done already
    public record Accepted(Project project, @Nullable Run run) {}

    /// Deletes the project that the grant is for. Its name is free at once.
    ///
    /// @throws Problem.Failure [Problem.InUse] while anything lives in it
    public Accepted delete(Grant grant, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = projects.lock(tx, grant.scope());
            var run = underWay(tx, found);
            if (run != null) {
                return new Accepted(found, run);
            }
            IfMatch.verify(Projects.KIND, found.id(), found.version(), expected);
            verifyEmpty(tx, found, ALL);
            end(tx, found);
            return new Accepted(found, null);
        });
    }

    /// Deletes the project that the grant is for with all that is in it, by a run. Asked again, it
    /// answers with the same run.
    ///
    /// @throws Problem.Failure [Problem.InUse] for what does not go with a project: the people who
    ///     live in it
    public Accepted deleteAll(Grant grant, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = projects.lock(tx, grant.scope());
            if (underWay(tx, found) == null) {
                IfMatch.verify(Projects.KIND, found.id(), found.version(), expected);
            }
            var run = begin(tx, found.scope());
            return new Accepted(projects.lock(tx, found.scope()), runs.get(tx, run));
        });
    }

    /// As [#deleteAll], as part of something larger.
    ///
    /// @return identifier of the run
    public String begin(Tx tx, Scope project) {
        var found = projects.lock(tx, project);
        var earlier = underWay(tx, found);
        if (earlier != null) {
            return earlier.id();
        }
        verifyEmpty(tx, found, EnumSet.of(Layer.KEPT));
        var run = runs.start(tx, DeleteProject.TYPE,
                new DeleteProject.Input(found.organizationId(), found.id()),
                new Subject(Projects.KIND, found.id()), project);
        projects.deleting(tx, found, run);
        return run;
    }

    /// The run that deletes it; `null` when none does, or somebody gave it up.
    private @Nullable Run underWay(Tx tx, Project project) {
        var run = project.deletion() == null ? null : runs.get(tx, project.deletion());
        return run == null || run.status().isOver() ? null : run;
    }

    /// `kind/name` of what would go with a project, a few.
    public List<String> live(Tx tx, Scope project) {
        return of(tx, project, EnumSet.complementOf(EnumSet.of(Layer.KEPT)));
    }

    private List<String> of(Tx tx, Scope project, Set<Layer> layers) {
        var all = new ArrayList<String>();
        contents.forEach(some -> {
            if (layers.contains(some.layer())) {
                all.addAll(some.of(tx, project));
            }
        });
        return all;
    }

    private void verifyEmpty(Tx tx, Project project, Set<Layer> layers) {
        var dependents = of(tx, project.scope(), layers);
        if (!dependents.isEmpty()) {
            throw new Problem.InUse(Projects.KIND, project.id(), dependents).raise();
        }
    }

    /// Notes that this run deletes the project.
    void claim(Tx tx, Scope project) {
        var found = projects.lock(tx, project);
        if (!Objects.equals(found.deletion(), tx.run())) {
            projects.deleting(tx, found, String.valueOf(tx.run()));
        }
    }

    /// Notes that the project stays, with what is left in it.
    void keep(Tx tx, Scope project) {
        projects.kept(tx, project);
    }

    /// What a look at one layer has begun.
    ///
    /// @param runs identifiers of the runs to wait for
    /// @param isEmpty whether nothing is left
    record Begun(List<String> runs, boolean isEmpty) {}

    /// Begins to delete what a project has in one layer.
    Begun clear(Tx tx, Scope project, Layer layer) {
        var begun = new ArrayList<String>();
        boolean isEmpty = true;
        for (var some : contents) {
            if (some.layer() == layer && !some.of(tx, project).isEmpty()) {
                begun.addAll(some.clear(tx, project));
                isEmpty = false;
            }
        }
        return new Begun(begun, isEmpty);
    }

    /// Whether a run that deletes something has done so; what it does is told as progress.
    ///
    /// @throws Problem.Failure [Problem.Conflict] when it never will
    public boolean isDone(Steps steps, String id) {
        var run = runs.anywhere(steps.grant(), id);
        steps.progress(run.type(), run);
        return switch (run.status()) {
            case PENDING, RUNNING -> false;
            case COMPLETED -> true;
            case FAILED, CANCELLED, ATTENTION -> throw new Problem.Conflict("run", id,
                    "(" + run.type() + ") is " + run.status().text() + (run.error() == null ? ""
                            : ": " + run.error().message()) + "; delete again to go on").raise();
        };
    }

    /// Forgets a project in which nothing is left.
    void forget(Tx tx, Scope project) {
        var found = projects.lock(tx, project);
        verifyEmpty(tx, found, ALL);
        end(tx, found);
    }

    private void end(Tx tx, Project project) {
        ends.forEach(one -> one.ended(tx, project.scope()));
        projects.ended(tx, project);
    }
}
