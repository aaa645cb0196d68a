package orrery.server.workspace.person;

import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.server.auth.login.Lockout;
import orrery.server.auth.login.PasswordChanges;
import orrery.server.auth.login.Registrations;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.role.Predefined;
import orrery.server.iam.user.Member;
import orrery.server.iam.user.Members;
import orrery.server.iam.user.People;
import orrery.server.iam.user.SshKey;
import orrery.server.iam.user.SshKeys;
import orrery.server.iam.user.User;
import orrery.server.tenancy.organization.Organization;
import orrery.server.tenancy.organization.Organizations;
import orrery.server.workspace.workspace.Workspaces;

/// What people change about others, and of themselves. Operators do it for the account as a whole,
/// who administers an organization for what the person is in it.
@Singleton
public final class PersonChanges {
    private static final Permission CREATE = new Permission("iam.users.create");
    private static final Permission CHANGE = new Permission("iam.users.update");
    private static final Permission DELETE = new Permission("iam.users.delete");

    private final Database database;
    private final People people;
    private final Members members;
    private final Policies policies;
    private final Organizations organizations;
    private final Registrations registrations;
    private final PasswordChanges passwords;
    private final Lockout lockout;
    private final SshKeys keys;
    private final Workspaces workspaces;
    private final Events events;
    private final Access access;

    public PersonChanges(Database database, People people, Members members, Policies policies,
            Organizations organizations, Registrations registrations, PasswordChanges passwords,
            Lockout lockout, SshKeys keys, Workspaces workspaces, Events events, Access access) {
        this.database = database;
        this.people = people;
        this.members = members;
        this.policies = policies;
        this.organizations = organizations;
        this.registrations = registrations;
        this.passwords = passwords;
        this.lockout = lockout;
        this.keys = keys;
        this.workspaces = workspaces;
        this.events = events;
        this.access = access;
    }

    /// Makes an account.
    ///
    /// @param organization name or identifier of where the person is to live; `null` for the
    ///     caller's own
    /// @throws Problem.Failure as [Registrations#make]
    public User create(Grant grant, @Nullable String organization, boolean isAdmin,
            Registrations.Account asked) {
        var key = organization == null ? grant.scope().requireOrganization() : organization;
        var place = database.read(grant, tx -> organizations.find(tx, key))
                .map(Organization::id).filter(id -> access.knows(
                        grant.call(), Scope.organization(id)))
                .orElseThrow(() -> new Problem.NotFound("organization", key).raise());
        return registrations.make(
                access.require(grant.call(), CREATE, Scope.organization(place)), asked,
                isAdmin ? Predefined.ADMIN : Predefined.MEMBER);
    }

    /// Takes a person out of the caller's organization; for operators, closes the account.
    ///
    /// @param keepsWorkspaces whether what the person had there stays as it is
    /// @throws Problem.Failure as [Members#remove]
    public void remove(Grant grant, String username, boolean keepsWorkspaces) {
        var over = over(grant, DELETE);
        var user = other(grant, username, DELETE, "removal");
        members.remove(over, user.id(), OptionalLong.empty(), (tx, member) -> {
            if (!keepsWorkspaces) {
                workspaces.deleteAll(tx, member.id(), over.scope().organization());
            }
        });
    }

    /// Suspends a person, at once, or lets them come again.
    ///
    /// @throws Problem.Failure as [Members#change]
    public User lock(Grant grant, String username, boolean isLocked) {
        var over = over(grant, CHANGE);
        var user = other(grant, username, CHANGE, "lock");
        members.change(over, user.id(), old -> new Member.Change(old.displayName(),
                Set.copyOf(old.roles()), isLocked ? User.State.SUSPENDED : User.State.ACTIVE),
                OptionalLong.empty());
        return user;
    }

    /// Gives roles.
    ///
    /// @param username `null` for the caller
    /// @param names this family's: `admin` alone, or any of the others
    /// @throws Problem.Failure as [Members#change]
    public User give(Grant grant, @Nullable String username, Set<String> names) {
        return changeRoles(grant, username, names.contains(Persons.ADMIN), old -> {
            var roles = new HashSet<>(old);
            if (names.contains(Persons.ADMIN)) {
                roles.add(Predefined.SUPER_ADMIN.name());
            }
            if (names.contains(Persons.ORG_ADMIN)) {
                roles.add(Predefined.ADMIN.name());
            }
            return roles;
        });
    }

    /// Takes roles away; who has none left is a member still.
    public User take(Grant grant, @Nullable String username, Set<String> names) {
        return changeRoles(grant, username, names.contains(Persons.ADMIN), old -> {
            if (names.contains(Persons.ADMIN)) {
                return Set.of();
            }
            var roles = new HashSet<>(old);
            roles.removeAll(Set.of(Predefined.OWNER.name(), Predefined.ADMIN.name()));
            roles.add(Predefined.MEMBER.name());
            return roles;
        });
    }

    private User changeRoles(Grant grant, @Nullable String username, boolean isPlatforms,
            UnaryOperator<Set<String>> change) {
        var user = people.see(grant, username, CHANGE);
        var reach = people.reach(grant, CHANGE);
        var place = isPlatforms ? Scope.PLATFORM : Scope.organization(
                reach.filter(Scope.PLATFORM::equals).isPresent()
                        ? user.home().requireOrganization()
                        : grant.scope().requireOrganization());
        members.change(access.require(grant.call(), CHANGE, place), user.id(),
                old -> new Member.Change(old.displayName(),
                        change.apply(Set.copyOf(old.roles())), old.status()),
                OptionalLong.empty());
        return user;
    }

    /// Sets somebody else's password: for operators who hold all that the person holds, since who
    /// knows it can be the person.
    ///
    /// @throws Problem.Failure [Problem.Forbidden], [Problem.Unprocessable], [Problem.Invalid]
    public void setPassword(Grant grant, String username, String wanted) {
        var over = access.require(grant.call(), CHANGE, Scope.PLATFORM);
        var user = people.see(grant, username, CHANGE);
        passwords.give(over, user, wanted, tx -> policies.checkCovers(
                tx, access, grant.call(), user.id(), "password"));
    }

    /// Lets somebody try passwords again who was locked for wrong ones.
    public void unlockPassword(Grant grant, String username) {
        var user = other(grant, username, CHANGE, "end of a password lockout");
        verifyHome(grant, user, "end of a password lockout");
        database.write(grant, tx -> {
            lockout.forgive(tx, user);
            events.append(tx, NewEvent.of(
                    "user.passwordUnlocked", new Subject("user", user.id())));
        });
    }

    /// @throws Problem.Failure as [SshKeys#add]
    public List<SshKey> addKeys(Grant grant, @Nullable String username, List<String> lines) {
        var user = keyHolder(grant, username);
        return database.tx(grant, tx -> keys.add(tx, user.id(), lines));
    }

    /// @throws Problem.Failure as [SshKeys#remove]
    public void removeKey(Grant grant, @Nullable String username, int index) {
        var user = keyHolder(grant, username);
        database.write(grant, tx -> keys.remove(tx, user.id(), index));
    }

    /// A key opens whatever the person may open: one's own, and for who could be the person anyway.
    private User keyHolder(Grant grant, @Nullable String username) {
        var user = people.see(grant, username, CHANGE);
        if (!user.id().equals(grant.principal().id())) {
            access.require(grant.call(), CHANGE, Scope.PLATFORM);
            database.read(grant, tx -> {
                policies.checkCovers(tx, access, grant.call(), user.id(), "keys");
                return user;
            });
        }
        return user;
    }

    private Grant over(Grant grant, Permission permission) {
        return access.require(grant.call(), permission, people.reach(grant, permission)
                .orElseThrow(() -> new Problem.Forbidden(permission.name(), "people").raise()));
    }

    private User other(Grant grant, String username, Permission permission, String what) {
        var user = people.see(grant, username, permission);
        if (user.id().equals(grant.principal().id())) {
            throw new Problem.Refused(what, "it is for others to do with you").raise();
        }
        return user;
    }

    private void verifyHome(Grant grant, User user, String what) {
        if (!access.allows(grant.call(), CHANGE, user.home())) {
            throw new Problem.Refused(what, "the account lives in another organization").raise();
        }
    }
}
