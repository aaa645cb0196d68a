package orrery.server.auth.login;

import jakarta.inject.Singleton;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.policy.Policy;
import orrery.server.iam.role.Predefined;
import orrery.server.tenancy.project.Project;
import orrery.server.tenancy.project.Projects;

/// Gives people a place to work in an organization.
@Singleton
public final class Homes {
    private final Projects projects;
    private final Policies policies;

    public Homes(Projects projects, Policies policies) {
        this.projects = projects;
        this.policies = policies;
    }

    /// A project of somebody's own.
    ///
    /// @param name of the project; chosen by us when `null`
    /// @param displayName how its person is called
    public Scope settle(
            Tx tx, String organization, String user, @Nullable String name, String displayName) {
        var project = projects.create(tx, organization, new Project.New(
                name, displayName, null, Project.Visibility.PRIVATE));
        policies.give(
                tx, Predefined.PROJECT_ADMIN, new Policy.Holders.User(user), project.scope());
        return project.scope();
    }

    /// The same as before if it is still there, else a new one.
    ///
    /// @param before identifier of the project; `null` for none
    public Scope again(
            Tx tx, String organization, String user, @Nullable String before,
            String displayName) {
        return (before == null ? Optional.<Project>empty() : projects.byId(tx, before))
                .map(Project::scope)
                .orElseGet(() -> settle(tx, organization, user, null, displayName));
    }
}
