package orrery.server.auth.login;

import jakarta.inject.Singleton;
import java.util.List;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.server.iam.user.Users;
import orrery.server.tenancy.project.Contents;

/// Keeps the project that somebody lives in from being deleted.
@Singleton
final class HomeProjects implements Contents {
    private final Users users;

    HomeProjects(Users users) {
        this.users = users;
    }

    @Override
    public List<String> of(Tx tx, Scope project) {
        return users.livingIn(tx, project.requireProject()).stream()
                .map(username -> "user/" + username).toList();
    }
}
