package orrery.server.auth.login;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.function.BiFunction;
import orrery.kit.Problem;
import orrery.kit.Problem.Unauthenticated.Credential;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import orrery.server.tenancy.organization.Organizations;

/// Signs people in by password.
@Singleton
public final class Logins {
    private static final Permission OWN = new Permission("org.ownership.update");

    private final PasswordTable table = new PasswordTable();
    private final Database database;
    private final Users users;
    private final Organizations organizations;
    private final Policies policies;
    private final Passwords passwords;
    private final Lockout lockout;
    private final Clock clock;

    public Logins(Database database, Users users, Organizations organizations, Policies policies,
            Passwords passwords, Clock clock) {
        this.database = database;
        this.users = users;
        this.organizations = organizations;
        this.policies = policies;
        this.passwords = passwords;
        this.lockout = new Lockout(clock);
        this.clock = clock;
    }

    private record Known(Optional<User> user, Optional<String> hash) {}

    /// Opens a session for whoever knows the password. An unknown name and a wrong password look
    /// alike and take as long.
    ///
    /// @param name e-mail address or username
    /// @param open opens the session of the kind that the caller's family has
    /// @throws Problem.Failure [Problem.Unauthenticated], [Problem.RateLimited] after too many
    ///     failures, [Problem.Refused] where the organization has its people sign in otherwise, or
    ///     [Problem.Unavailable] when too many sign in at once
    public <T> T login(
            Grant grant, String name, String password, BiFunction<Tx, User, T> open) {
        var known = database.read(grant, tx -> {
            lockout.check(tx, name);
            var user = (name.contains("@") ? users.byEmail(tx, name) : users.byUsername(tx, name))
                    .filter(User::isActive);
            return new Known(user, user.flatMap(found -> table.of(tx, found.id())));
        });
        if (!passwords.matches(password, known.hash().orElse(null))) {
            database.write(grant, tx -> lockout.failed(tx, name));
            throw new Problem.Unauthenticated(
                    Credential.INVALID, "the name or the password is wrong").raise();
        }
        var user = known.user().orElseThrow();
        var anew = known.hash().filter(passwords::isOutdated).map(old -> passwords.hash(password));
        return database.tx(grant, tx -> {
            // Once more: others may have guessed wrongly while this one was being checked.
            lockout.check(tx, name);
            lockout.succeeded(tx, name);
            verifyAllowed(tx, user);
            anew.ifPresent(hash -> table.set(tx, user.id(), hash, clock.instant()));
            return open.apply(tx, user);
        });
    }

    /// Owners may always: a provider that fails must not lock an organization out for good.
    private void verifyAllowed(Tx tx, User user) {
        var home = Scope.organization(user.home().requireOrganization());
        var requiresSso = organizations.find(tx, home.requireOrganization())
                .filter(it -> it.settings().requireSso());
        if (requiresSso.isPresent() && !policies.isOperator(tx, user.id())
                && !policies.isHeld(tx, user.id(), OWN, home)) {
            throw new Problem.Refused("sign-in by password", "organization "
                    + requiresSso.get().name() + " signs its people in by its identity provider")
                    .raise();
        }
    }

    /// Whether somebody can sign in by password.
    public boolean hasPassword(Tx tx, String user) {
        return table.of(tx, user).isPresent();
    }
}
