package orrery.server.iam.user;

import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;

/// Whom a caller means by a username, where the path names a person: the caller's own things, those
/// of an organization's people for who administers it, and everybody's for operators.
@Singleton
public final class People {
    private static final String KIND = "user";

    private final Database database;
    private final Users users;
    private final Members members;
    private final Access access;

    public People(Database database, Users users, Members members, Access access) {
        this.database = database;
        this.users = users;
        this.members = members;
        this.access = access;
    }

    /// The caller, whose own name alone may stand there.
    ///
    /// @param username `null` for the caller
    /// @throws Problem.Failure [Problem.Forbidden] for anybody else's name, known or not
    public User self(Grant grant, @Nullable String username) {
        return database.read(grant, tx -> users.byId(tx, grant.principal().id()))
                .filter(user -> username == null || user.username().equals(username))
                .orElseThrow(() -> new Problem.Forbidden("to be that person",
                        KIND + " " + username).raise());
    }

    /// The caller, or somebody for whom the caller holds `permission`. Not for a transaction: what
    /// a caller holds is asked outside of them.
    ///
    /// @param username `null` for the caller
    /// @throws Problem.Failure [Problem.Forbidden] for callers who hold it nowhere, whether there
    ///     is such a person or not; [Problem.NotFound] for others, where there is none for them
    public User see(Grant grant, @Nullable String username, Permission permission) {
        var self = database.read(grant, tx -> users.byId(tx, grant.principal().id()));
        if (self.isPresent() && (username == null || self.get().username().equals(username))) {
            return self.get();
        }
        var name = String.valueOf(username);
        var reach = reach(grant, permission)
                .orElseThrow(() -> new Problem.Forbidden(permission.name(), KIND + " " + name)
                        .raise());
        return database.read(grant, tx -> users.byUsername(tx, name).filter(user ->
                        reach.organization() == null
                                || members.belongs(tx, reach.organization(), user.id())))
                .orElseThrow(() -> new Problem.NotFound(KIND, name).raise());
    }

    /// Whose people the caller holds `permission` for: the platform's, or those of the organization
    /// that it is in; empty for nobody's.
    public Optional<Scope> reach(Grant grant, Permission permission) {
        var organization = grant.scope().organization();
        return Stream.of(Optional.of(Scope.PLATFORM),
                        Optional.ofNullable(organization).map(Scope::organization))
                .flatMap(Optional::stream)
                .filter(place -> access.allows(grant.call(), permission, place)).findFirst();
    }
}
