package orrery.server.auth.invitation;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.policy.Policy;
import orrery.server.iam.role.Ceiling;
import orrery.server.iam.role.Predefined;
import orrery.server.iam.role.Role;
import orrery.server.iam.role.Roles;
import orrery.server.iam.user.Members;
import orrery.server.iam.user.Users;
import orrery.server.tenancy.organization.Organizations;

/// Invitations to organizations and projects. Whoever has the link of one, and its e-mail address,
/// may come.
///
/// Nobody learns here who has an account: an invitation to a person without one looks the same.
@Singleton
public final class Invitations {
    private static final String KIND = "invitation";
    private static final Permission CREATE = new Permission("org.invitations.create");
    private static final Duration LIFE = Duration.ofDays(7);

    /// Letters that one organization sends in an hour.
    private static final int MOST_AN_HOUR = 100;
    private static final Duration HOUR = Duration.ofHours(1);

    /// More than anybody looks through.
    private static final int MOST_WAITING = 100;

    private final InvitationTable table = new InvitationTable();
    private final Database database;
    private final Organizations organizations;
    private final Members members;
    private final Users users;
    private final Roles roles;
    private final Policies policies;
    private final Access access;
    private final RandomSecrets secrets;
    private final InvitationMail mail;
    private final Events events;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Invitations(Database database, Organizations organizations, Members members,
            Users users, Roles roles, Policies policies, Access access, RandomSecrets secrets,
            InvitationMail mail, Events events, Paging paging, Ids ids, Clock clock) {
        this.database = database;
        this.organizations = organizations;
        this.members = members;
        this.users = users;
        this.roles = roles;
        this.policies = policies;
        this.access = access;
        this.secrets = secrets;
        this.mail = mail;
        this.events = events;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// Asks somebody to come to the organization or project that the grant is for.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] for who was asked before or is a member,
    ///     [Problem.Unprocessable] for a role that is not there or that the caller does not hold,
    ///     [Problem.RateLimited]
    public Invitation.Sent create(Grant grant, Invitation.New asked) {
        return database.tx(grant, tx -> {
            var place = grant.scope();
            var role = roles.at(tx, place, asked.role()).orElseThrow(() -> unprocessable(
                    "there is no role " + asked.role() + " that can be given there"));
            Ceiling.check(access, grant.call(), role.permissions(), place, "role");
            prepare(tx, place.requireOrganization());
            verifyNew(tx, place, asked.email());
            var now = clock.instant();
            var invitation = new Invitation(ids.next("inv"), place.requireOrganization(),
                    place.project(), asked.email().strip(), role.key(), role.name(),
                    Invitation.Status.PENDING, grant.principal().id(), null, null,
                    now.plus(LIFE), 1, now, now);
            var token = secrets.next();
            if (!table.insert(tx, invitation, RandomSecrets.hash(token))) {
                throw new Problem.AlreadyExists("pending invitation", asked.email()).raise();
            }
            events.append(tx, event("invitation.created", invitation));
            return new Invitation.Sent(invitation, mail.send(tx, invitation, token));
        });
    }

    /// @throws Problem.Failure [Problem.AlreadyExists]
    private void verifyNew(Tx tx, Scope place, String email) {
        var organization = place.requireOrganization();
        var isMember = place.project() == null && users.byEmail(tx, email)
                .filter(user -> members.belongs(tx, organization, user.id())).isPresent();
        if (isMember) {
            throw new Problem.AlreadyExists("member", email).raise();
        }
    }

    private void prepare(Tx tx, String organization) {
        table.lock(tx, organization);
        var now = clock.instant();
        table.expire(tx, organization, now);
        if (table.sent(tx, organization, now.minus(HOUR)) >= MOST_AN_HOUR) {
            throw new Problem.RateLimited(HOUR).raise();
        }
    }

    /// One page of those to the organization or project that the grant is for, the newest first.
    public Page<Invitation> list(Grant grant, PageAsk ask) {
        return database.tx(grant, tx -> {
            table.expire(tx, grant.scope().requireOrganization(), clock.instant());
            return table.list(tx, paging, ask.orFromTheStart(), grant.scope());
        });
    }

    public Invitation get(Grant grant, String id) {
        return database.tx(grant, tx -> find(tx, grant, id));
    }

    /// Takes an invitation back: its link lets nobody in any more.
    ///
    /// @throws Problem.Failure [Problem.IllegalTransition] for one that does not wait
    public void revoke(Grant grant, String id) {
        database.write(grant, tx -> {
            var found = find(tx, grant, id);
            if (!table.revoke(tx, found.id(), clock.instant())) {
                throw illegal(found, "revoke");
            }
            events.append(tx, event("invitation.revoked", found));
        });
    }

    /// Sends an invitation once more, with a new link and a new week. The old link is dead.
    ///
    /// @throws Problem.Failure [Problem.IllegalTransition] for one that was accepted or revoked,
    ///     [Problem.Unprocessable] where the caller does not hold the role, [Problem.RateLimited]
    public Invitation.Sent resend(Grant grant, String id) {
        return database.tx(grant, tx -> {
            prepare(tx, grant.scope().requireOrganization());
            var found = find(tx, grant, id);
            Ceiling.check(access, grant.call(), role(tx, found).permissions(), found.place(),
                    "role");
            var token = secrets.next();
            var now = clock.instant();
            if (!table.renew(tx, id, RandomSecrets.hash(token), now.plus(LIFE), now)) {
                throw illegal(found, "resend");
            }
            events.append(tx, event("invitation.resent", found));
            var renewed = find(tx, grant, id);
            return new Invitation.Sent(renewed, mail.send(tx, renewed, token));
        });
    }

    /// The invitation of a link's token; empty when there is none that still counts.
    public Optional<Invitation> byToken(Tx tx, String token) {
        return table.byToken(tx, RandomSecrets.hash(token), clock.instant());
    }

    /// Those that wait for who has an address, the newest first.
    public List<Invitation> of(Tx tx, String email) {
        return table.of(tx, email, clock.instant(), MOST_WAITING);
    }

    /// Lets somebody in.
    ///
    /// @param user who comes, perhaps made in this transaction
    /// @param email the person's address
    /// @throws Problem.Failure [Problem.NotFound] when somebody was faster; [Problem.Refused] for
    ///     another's invitation, or one of somebody who may no longer invite
    public void accept(Tx tx, Invitation invitation, String user, String email) {
        if (!invitation.email().equalsIgnoreCase(email.strip())) {
            throw refused("it is for another e-mail address: sign in with the account of that"
                    + " address, or ask for an invitation of your own");
        }
        organizations.checkActive(tx, invitation.organizationId(), "invitation");
        var role = role(tx, invitation);
        if (!policies.isHeld(tx, invitation.invitedBy(), CREATE, invitation.place())
                || !policies.isAllHeld(tx, invitation.invitedBy(), role, invitation.place())) {
            throw refused("who sent it may no longer invite; ask for another one");
        }
        if (!table.accept(tx, invitation.id(), user, clock.instant())) {
            throw new Problem.NotFound(KIND, invitation.id()).raise();
        }
        if (invitation.projectId() == null) {
            members.add(tx, invitation.organizationId(), user, role);
        } else {
            members.add(tx, invitation.organizationId(), user, Predefined.MEMBER);
            policies.give(tx, role, new Policy.Holders.User(user), invitation.place());
        }
        events.append(tx, event("invitation.accepted", invitation));
    }

    private Role role(Tx tx, Invitation invitation) {
        return Predefined.byKey(invitation.roleKey())
                .or(() -> roles.at(tx, invitation.place(), invitation.roleKey()))
                .orElseThrow(() -> refused("the role " + invitation.role()
                        + " that it names is no more; ask for another one"));
    }

    private Invitation find(Tx tx, Grant grant, String id) {
        table.expire(tx, grant.scope().requireOrganization(), clock.instant());
        return table.find(tx, id, grant.scope())
                .orElseThrow(() -> new Problem.NotFound(KIND, id).raise());
    }

    private static Problem.Failure illegal(Invitation invitation, String action) {
        return new Problem.IllegalTransition(KIND, invitation.id(),
                invitation.status().name().toLowerCase(Locale.ROOT), action).raise();
    }

    private static Problem.Failure refused(String cause) {
        return new Problem.Refused("this invitation", cause).raise();
    }

    private static Problem.Failure unprocessable(String message) {
        return new Problem.Unprocessable(List.of(new Problem.Mistake("role", message))).raise();
    }

    private static NewEvent event(String type, Invitation it) {
        return new NewEvent(type, new Subject(KIND, it.id()), it.place(),
                Map.of("role", it.role()));
    }
}
