package orrery.server.auth.login;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.Problem.Unauthenticated.Credential;
import orrery.kit.access.Grant;
import orrery.kit.access.Principal;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.auth.invitation.Invitation;
import orrery.server.auth.invitation.Invitations;
import orrery.server.auth.session.Session;
import orrery.server.auth.session.Sessions;
import orrery.server.iam.user.Members;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import orrery.server.tenancy.organization.Organization;
import orrery.server.tenancy.organization.Organizations;

/// People who come because they were invited: with the account that they have, or with a new one.
@Singleton
public final class Arrivals {
    private final Database database;
    private final Invitations invitations;
    private final Registrations registrations;
    private final Sessions sessions;
    private final Homes homes;
    private final Organizations organizations;
    private final Members members;
    private final Users users;

    record Arrived(Invitation invitation, User user) {}

    /// @param organization what its people call it
    record Waiting(Invitation invitation, String organization) {}

    public Arrivals(Database database, Invitations invitations, Registrations registrations,
            Sessions sessions, Homes homes, Organizations organizations, Members members,
            Users users) {
        this.database = database;
        this.invitations = invitations;
        this.registrations = registrations;
        this.sessions = sessions;
        this.homes = homes;
        this.organizations = organizations;
        this.members = members;
        this.users = users;
    }

    Optional<Invitation> find(Grant grant, String token) {
        return database.read(grant, tx -> invitations.byToken(tx, token));
    }

    /// @param organization identifier or name
    boolean isOf(Grant grant, Invitation invitation, String organization) {
        return database.read(grant, tx -> organizations.find(tx, organization))
                .filter(it -> it.id().equals(invitation.organizationId())).isPresent();
    }

    /// Those that wait for the caller, the newest first.
    ///
    /// @throws Problem.Failure [Problem.Refused] for who acts for another, and for an address that
    ///     is not verified: anybody can write one down
    List<Waiting> waiting(Grant grant) {
        return database.read(grant, tx -> {
            var user = themself(tx, grant);
            if (!user.emailVerified()) {
                throw new Problem.Refused("list of your invitations", "verify your e-mail address"
                        + " first, or use the link of an invitation").raise();
            }
            return invitations.of(tx, user.email()).stream()
                    .map(it -> new Waiting(it, organizations.find(tx, it.organizationId())
                            .map(Organization::displayName).orElse(it.organizationId())))
                    .toList();
        });
    }

    /// Makes an account for the address that was invited.
    ///
    /// @throws Problem.Failure as [Registrations#register]
    Arrived register(Grant grant, Invitation invitation, String token, String name,
            String password) {
        return registrations.register(grant,
                new Registration(invitation.email(), password, name, token),
                (tx, user) -> new Arrived(invitation, user));
    }

    /// Lets the caller in, and gives it a project of its own there, as everybody has.
    ///
    /// @throws Problem.Failure [Problem.Unauthenticated] for who is not signed in,
    ///     [Problem.Refused] for who acts for another, or has another address
    Arrived join(Grant grant, Invitation invitation) {
        var caller = grant.principal();
        if (caller.isAnonymous()) {
            throw new Problem.Unauthenticated(Credential.MISSING, "sign in as the invited person"
                    + " first, or send displayName and password to make an account").raise();
        }
        return database.tx(grant, tx -> {
            var user = themself(tx, grant);
            var isNew = !members.belongs(tx, invitation.organizationId(), user.id());
            invitations.accept(tx, invitation, user.id(), user.email());
            if (isNew) {
                homes.settle(tx, invitation.organizationId(), user.id(), null, user.name());
            }
            return new Arrived(invitation, user);
        });
    }

    private User themself(Tx tx, Grant grant) {
        var caller = grant.principal();
        var id = caller.kind() == Principal.Kind.USER ? caller.credential() : null;
        if (id == null || sessions.live(tx, id).filter(Session::isOwn).isEmpty()) {
            throw new Problem.Refused("invitation", "only the person themself sees and accepts it,"
                    + " signed in without a client, a key or an organization's identity provider")
                    .raise();
        }
        return users.get(tx, caller.id());
    }
}
