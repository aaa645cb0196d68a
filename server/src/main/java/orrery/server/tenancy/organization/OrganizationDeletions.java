package orrery.server.tenancy.organization;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.events.Subject;
import orrery.kit.http.IfMatch;
import orrery.server.tenancy.project.Project;
import orrery.server.tenancy.project.ProjectDeletions;
import orrery.server.tenancy.project.Projects;

/// Deletes organizations with their projects, by a run.
@Singleton
public final class OrganizationDeletions {
    /// As many are named in a refusal.
    private static final int NAMED = 20;

    private final Database database;
    private final Organizations organizations;
    private final Projects projects;
    private final ProjectDeletions deletions;
    private final Access access;
    private final Runs runs;

    public OrganizationDeletions(Database database, Organizations organizations,
            Projects projects, ProjectDeletions deletions, Access access, Runs runs) {
        this.database = database;
        this.organizations = organizations;
        this.projects = projects;
        this.deletions = deletions;
        this.access = access;
        this.runs = runs;
    }

    /// What became of a request.
    public record Accepted(Organization organization, Run run) {}

    /// Deletes the organization that the grant is for. Asked again, it answers with the same run.
    ///
    /// @param force whether what lives in its projects goes too
    /// @throws Problem.Failure [Problem.InUse] while anything lives in one of its projects,
    ///     [Problem.Forbidden] when somebody else than an operator forces it
    public Accepted delete(Grant grant, OptionalLong expected, boolean force) {
        if (force) {
            access.require(grant.call(), grant.permission(), Scope.PLATFORM);
        }
        return database.tx(grant, tx -> {
            var id = grant.scope().requireOrganization();
            var found = organizations.lock(tx, id);
            if (found.deletion() == null
                    || runs.get(tx, found.deletion()).status().isOver()) {
                IfMatch.verify(Organizations.KIND, found.id(), found.version(), expected);
                verifyEmpty(tx, found, force);
                organizations.deleting(tx, found, runs.start(tx, DeleteOrganization.TYPE,
                        new DeleteOrganization.Input(id),
                        new Subject(Organizations.KIND, id), Scope.organization(id)));
            }
            var deleting = organizations.lock(tx, id);
            return new Accepted(deleting, runs.get(tx, String.valueOf(deleting.deletion())));
        });
    }

    private void verifyEmpty(Tx tx, Organization organization, boolean force) {
        var dependents = force ? List.<String>of() : projects.all(tx, organization.id()).stream()
                .flatMap(one -> deletions.live(tx, one.scope()).stream()).limit(NAMED).toList();
        if (!dependents.isEmpty()) {
            throw new Problem.InUse(Organizations.KIND, organization.id(), dependents).raise();
        }
    }

    /// Notes that this run deletes the organization.
    void claim(Tx tx, String id) {
        var found = organizations.lock(tx, id);
        if (!Objects.equals(found.deletion(), tx.run())) {
            organizations.deleting(tx, found, String.valueOf(tx.run()));
        }
    }

    /// Notes that the organization stays, with what is left in it.
    void keep(Tx tx, String id) {
        organizations.kept(tx, id);
    }

    /// Begins to delete all projects.
    ///
    /// @return identifiers of the runs
    List<String> clear(Tx tx, String id) {
        return projects.all(tx, id).stream().map(Project::scope)
                .map(scope -> deletions.begin(tx, scope)).toList();
    }

    /// Forgets an organization without projects.
    void forget(Tx tx, String id) {
        var found = organizations.lock(tx, id);
        var left = projects.names(tx, id);
        if (!left.isEmpty()) {
            throw new Problem.InUse(Organizations.KIND, id, left).raise();
        }
        organizations.ended(tx, found);
    }
}
