package orrery.server.auth.session;

import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.user.Members;
import orrery.server.iam.user.ProfileStudioApi;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import orrery.server.tenancy.organization.Organization;
import orrery.server.tenancy.organization.Organizations;
import orrery.server.tenancy.project.Projects;

/// Takes a person's session from one of their organizations to another. It is in one at a time.
@Singleton
public final class SessionMoves {
    private static final Permission SEE = new Permission("org.projects.get");
    private static final Permission OWN = new Permission("org.ownership.update");

    private final Database database;
    private final Sessions sessions;
    private final Users users;
    private final Members members;
    private final Organizations organizations;
    private final Projects projects;
    private final Policies policies;

    public SessionMoves(Database database, Sessions sessions, Users users, Members members,
            Organizations organizations, Projects projects, Policies policies) {
        this.database = database;
        this.sessions = sessions;
        this.users = users;
        this.members = members;
        this.organizations = organizations;
        this.projects = projects;
        this.policies = policies;
    }

    /// @param session what it was before
    /// @param organization identifier or name
    /// @param project identifier; `null` for the person's own there
    /// @return the session, and its new token if it carries one: the old token counts no more
    /// @throws Problem.Failure [Problem.NotFound] for where the person does not belong;
    ///     [Problem.Refused] for a session that is not the person's own, and where only the
    ///     organization's identity provider signs people in
    Sessions.Opened move(
            Grant grant, Session session, String organization, @Nullable String project) {
        return database.tx(grant, tx -> {
            if (!session.isOwn()) {
                throw new Problem.Refused("change of organization", "only the person themself"
                        + " changes it, signed in without a client or a provider").raise();
            }
            var user = users.get(tx, session.userId());
            var there = organizations.find(tx, organization)
                    .filter(it -> members.belongs(tx, it.id(), user.id()))
                    .orElseThrow(() -> missing("organization", organization));
            organizations.checkActive(tx, there.id(), "change of organization");
            if (!members.isActive(tx, there.id(), user.id())) {
                throw missing("organization", organization);
            }
            verifyPasswords(tx, user, there);
            var home = home(tx, user, there.id(), project);
            var claims = ProfileStudioApi.View.of(tx, policies, user, home).claims();
            return sessions.move(tx, session, home, claims);
        });
    }

    private void verifyPasswords(Tx tx, User user, Organization there) {
        if (there.settings().requireSso() && !policies.isOperator(tx, user.id())
                && !policies.isHeld(tx, user.id(), OWN, Scope.organization(there.id()))) {
            throw new Problem.Refused("change of organization", "organization " + there.name()
                    + " signs its people in by its identity provider: sign in there").raise();
        }
    }

    private Scope home(Tx tx, User user, String organization, @Nullable String project) {
        if (project != null) {
            return projects.byId(tx, project).filter(it -> it.organizationId().equals(organization))
                    .filter(it -> policies.isHeld(tx, user.id(), SEE, it.scope()))
                    .orElseThrow(() -> missing("project", project)).scope();
        }
        if (organization.equals(user.home().organization())) {
            return user.home();
        }
        return policies.firstProject(tx, user.id(), organization)
                .map(id -> Scope.project(organization, id))
                .orElseThrow(() -> new Problem.Conflict("organization", organization,
                        "you have no project of your own there: name one as projectId").raise());
    }

    private static Problem.Failure missing(String kind, String id) {
        return new Problem.NotFound(kind, id).raise();
    }
}
