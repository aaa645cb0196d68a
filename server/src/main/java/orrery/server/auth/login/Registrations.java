package orrery.server.auth.login;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.function.BiFunction;
import orrery.kit.Ids;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.auth.invitation.Invitation;
import orrery.server.auth.invitation.Invitations;
import orrery.server.auth.setup.SetupCode;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.policy.Policy;
import orrery.server.iam.role.Ceiling;
import orrery.server.iam.role.Predefined;
import orrery.server.iam.role.Role;
import orrery.server.iam.user.Members;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import orrery.server.tenancy.organization.Organization;
import orrery.server.tenancy.organization.Organizations;
import org.jspecify.annotations.Nullable;

/// Makes accounts. The first one of a server, which the setup code opens, is its operator and owns
/// an organization of its own. All others join the organization whose invite code they have, or
/// that invited them. Each gets a project to work in.
@Singleton
public final class Registrations {
    private final PasswordTable passwordTable = new PasswordTable();
    private final Database database;
    private final Founding founding;
    private final Users users;
    private final Organizations organizations;
    private final Homes homes;
    private final Policies policies;
    private final Members members;
    private final Passwords passwords;
    private final SetupCode setupCode;
    private final InviteCodes inviteCodes;
    private final Invitations invitations;
    private final Access access;
    private final Ids ids;
    private final Clock clock;

    public Registrations(
            Database database, Founding founding, Users users, Organizations organizations,
            Homes homes, Policies policies, Members members, Passwords passwords,
            SetupCode setupCode, InviteCodes inviteCodes, Invitations invitations, Access access,
            Ids ids, Clock clock) {
        this.database = database;
        this.founding = founding;
        this.users = users;
        this.organizations = organizations;
        this.homes = homes;
        this.policies = policies;
        this.members = members;
        this.passwords = passwords;
        this.setupCode = setupCode;
        this.inviteCodes = inviteCodes;
        this.invitations = invitations;
        this.access = access;
        this.ids = ids;
        this.clock = clock;
    }

    /// Makes the account and signs it in.
    ///
    /// The code is asked for first, and the address only then: without one, nobody learns who has
    /// an account here, and nobody makes us hash.
    ///
    /// @param open opens the session of the kind that the caller's family has
    /// @throws Problem.Failure [Problem.Refused] without a code that counts,
    ///     [Problem.AlreadyExists] for the address
    <T> T register(Grant grant, Registration asked, BiFunction<Tx, User, T> open) {
        var first = founding.isAwaited();
        if (first ? !setupCode.accepts(code(asked)) : !isInvited(grant, asked)) {
            throw refused(first);
        }
        var hash = passwords.hash(asked.password());
        var opened = database.tx(grant, tx -> {
            var id = ids.next("usr");
            var user = first ? found(tx, id, asked) : join(tx, id, asked);
            passwordTable.set(tx, user.id(), hash, clock.instant());
            if (first) {
                // Late, since others who are first too wait here until this one has committed.
                if (!founding.claim(tx, id)) {
                    throw refused(false);
                }
                policies.give(
                        tx, Predefined.SUPER_ADMIN, new Policy.Holders.User(id), Scope.PLATFORM);
            }
            return open.apply(tx, user);
        });
        if (first) {
            setupCode.used();
        }
        return opened;
    }

    /// What an account is made of that somebody else makes.
    ///
    /// @param username `null` for one made out of the address
    public record Account(
            String email, String name, @Nullable String username, String password) {
        public Account {
            var mistakes = new Mistakes();
            Users.check(mistakes, email, name);
            if (username != null) {
                Users.checkUsername(mistakes, "username", username);
            }
            PasswordRules.check(mistakes, "password", password, email, name, username);
            mistakes.orRefuse();
        }

        @Override
        public String toString() {
            return "an account for " + email;
        }
    }

    /// Makes an account in the organization that the grant is for, with a project of its own. Its
    /// address is not proved.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] for the address or the username,
    ///     [Problem.Refused] where only an identity provider signs people in,
    ///     [Problem.Unprocessable] for a role that the caller does not hold
    public User make(Grant grant, Account asked, Role role) {
        var organization = grant.scope().requireOrganization();
        Ceiling.check(access, grant.call(), role.permissions(), grant.scope(), "roles");
        var hash = passwords.hash(asked.password());
        return database.tx(grant, tx -> {
            organizations.checkActive(tx, organization, "new account");
            verifyPasswords(tx, organization);
            if (users.byEmail(tx, asked.email()).isPresent()) {
                throw new Problem.AlreadyExists("user", asked.email()).raise();
            }
            var id = ids.next("usr");
            members.add(tx, organization, id, role);
            var home = homes.settle(tx, organization, id, null, asked.name().strip());
            var user = users.create(
                    tx, id, asked.email(), asked.name(), home, asked.username());
            passwordTable.set(tx, id, hash, clock.instant());
            return user;
        });
    }

    private User found(Tx tx, String id, Registration asked) {
        var name = users.freeUsername(tx, asked.email());
        var organization = organizations.create(tx,
                new Organization.New(name, asked.name().strip(), null), id);
        return settle(tx, id, asked, organization.id(), name);
    }

    private User join(Tx tx, String id, Registration asked) {
        var invitation = invitations.byToken(tx, code(asked));
        var organization = invitation.map(Invitation::organizationId)
                .or(() -> inviteCodes.use(tx, code(asked))).orElseThrow(() -> refused(false));
        verifyPasswords(tx, organization);
        // The address of an invitation before who has which: it is not for asking around.
        invitation.ifPresentOrElse(it -> invitations.accept(tx, it, id, asked.email()),
                () -> members.add(tx, organization, id, Predefined.MEMBER));
        if (users.byEmail(tx, asked.email()).isPresent()) {
            throw new Problem.AlreadyExists("user", asked.email()).raise();
        }
        return settle(tx, id, asked, organization, null);
    }

    private void verifyPasswords(Tx tx, String organization) {
        organizations.find(tx, organization).filter(it -> it.settings().requireSso())
                .ifPresent(it -> {
                    throw new Problem.Refused("registration", "organization " + it.name()
                            + " signs its people in by its identity provider").raise();
                });
    }

    /// Gives the person a project of its own in the organization, and lets it live there.
    private User settle(
            Tx tx, String id, Registration asked, String organization, @Nullable String name) {
        return users.create(tx, id, asked.email(), asked.name(),
                homes.settle(tx, organization, id, name, asked.name().strip()));
    }

    private boolean isInvited(Grant grant, Registration asked) {
        return Optional.ofNullable(asked.code())
                .flatMap(code -> database.read(grant, tx -> inviteCodes.organization(tx, code)
                        .or(() -> invitations.byToken(tx, code).map(Invitation::organizationId))))
                .isPresent();
    }

    private static String code(Registration asked) {
        return asked.code() == null ? "" : asked.code();
    }

    private static Problem.Failure refused(boolean first) {
        return new Problem.Refused("registration", first
                ? "the first account needs the setup code that the server printed at its start"
                : "Valid invite code required").raise();
    }
}
