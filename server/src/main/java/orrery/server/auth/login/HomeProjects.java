package orrery.server.auth.login;

import jakarta.inject.Singleton;
import java.util.List;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.server.iam.user.Users;
import orrery.server.tenancy.organization.Organizations;
import orrery.server.tenancy.project.Contents;

/// Keeps the project that somebody lives in from being deleted, but with its organization: who
/// lived there has an account still, and another home where others let it in.
@Singleton
final class HomeProjects implements Contents {
    private final Users users;
    private final Organizations organizations;

    HomeProjects(Users users, Organizations organizations) {
        this.users = users;
        this.organizations = organizations;
    }

    @Override
    public List<String> of(Tx tx, Scope project) {
        if (organizations.find(tx, project.requireOrganization())
                .filter(it -> it.deletion() != null).isPresent()) {
            return List.of();
        }
        return users.livingIn(tx, project.requireProject()).stream()
                .map(username -> "user/" + username).toList();
    }
}
