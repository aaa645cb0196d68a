package orrery.server.iam.user;

import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;

/// Whom a caller means by a username, where the path names a person: the caller's own things, those
/// of an organization's people for who administers it, and everybody's for operators.
@Singleton
public final class People {
    private static final String KIND = "user";

    private final Users users;
    private final Members members;
    private final Access access;

    public People(Users users, Members members, Access access) {
        this.users = users;
        this.members = members;
        this.access = access;
    }

    /// The caller, whose own name alone may stand there.
    ///
    /// @param username `null` for the caller
    /// @throws Problem.Failure [Problem.Forbidden] for anybody else's name, known or not
    public User self(Tx tx, Grant grant, @Nullable String username) {
        return users.byId(tx, grant.principal().id())
                .filter(user -> username == null || user.username().equals(username))
                .orElseThrow(() -> new Problem.Forbidden("to be that person",
                        KIND + " " + username).raise());
    }

    /// The caller, or somebody for whom the caller holds `permission`.
    ///
    /// @param username `null` for the caller
    /// @throws Problem.Failure [Problem.Forbidden] for callers who hold it nowhere, whether there
    ///     is such a person or not; [Problem.NotFound] for others, where there is none for them
    public User see(Tx tx, Grant grant, @Nullable String username, Permission permission) {
        var self = users.byId(tx, grant.principal().id());
        if (self.isPresent() && (username == null || self.get().username().equals(username))) {
            return self.get();
        }
        var name = String.valueOf(username);
        var found = users.byUsername(tx, name);
        if (access.allows(grant.call(), permission, Scope.PLATFORM)) {
            return found.orElseThrow(() -> new Problem.NotFound(KIND, name).raise());
        }
        var organization = grant.scope().organization();
        if (organization == null) {
            throw new Problem.Forbidden(permission.name(), KIND + " " + name).raise();
        }
        if (!access.allows(grant.call(), permission, Scope.organization(organization))) {
            throw new Problem.Forbidden(permission.name(), KIND + " " + name).raise();
        }
        return found.filter(user -> members.belongs(tx, organization, user.id()))
                .orElseThrow(() -> new Problem.NotFound(KIND, name).raise());
    }
}
