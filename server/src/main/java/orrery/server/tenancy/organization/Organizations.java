package orrery.server.tenancy.organization;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Slug;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Epochs;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.policy.Policy;
import orrery.server.iam.role.Predefined;
import orrery.server.iam.user.Departure;
import orrery.server.iam.user.Members;

/// The organizations of this installation.
@Singleton
public final class Organizations {
    static final String KIND = "organization";
    private static final Permission GET = new Permission("org.organizations.get");
    private static final Permission SUSPEND = new Permission("org.organizations.suspend");
    private static final Permission SETTINGS = new Permission("org.settings.update");

    private final OrganizationTable table = new OrganizationTable();
    private final Database database;
    private final Policies policies;
    private final Members members;
    private final Access access;
    private final Iterable<Departure> departures;
    private final Epochs epochs;
    private final Events events;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Organizations(
            Database database, Policies policies, Members members, Access access,
            @Any Instance<Departure> departures, Epochs epochs, Events events, Paging paging,
            Ids ids, Clock clock) {
        this.database = database;
        this.policies = policies;
        this.members = members;
        this.access = access;
        this.departures = departures;
        this.epochs = epochs;
        this.events = events;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// Makes an organization whose owner is the caller.
    public Organization create(Grant grant, Organization.New asked) {
        return database.tx(grant, tx -> create(tx, asked, grant.principal().id()));
    }

    /// Makes an organization whose owner is `owner`, as part of something larger.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] for the name
    public Organization create(Tx tx, Organization.New asked, String owner) {
        var id = ids.next("org");
        var name = asked.name() == null ? Slug.of(KIND, id) : asked.name();
        var displayName = asked.displayName() == null ? name : asked.displayName();
        var now = clock.instant();
        var made = new Organization(
                id, name, displayName, asked.description(), owner,
                Organization.State.ACTIVE, null, Settings.STANDARD, null, 1,
                now, now, null);
        if (!table.insert(tx, made)) {
            throw new Problem.AlreadyExists(KIND, name).raise();
        }
        events.append(tx, event("organization.created", made));
        members.add(tx, id, owner, Predefined.OWNER);
        return made;
    }

    /// @param key identifier or name
    public Optional<Organization> find(Tx tx, String key) {
        return table.find(tx, key);
    }

    /// Keeps an organization from being deleted while something is put into it.
    ///
    /// @throws Problem.Failure [Problem.NotFound] when it is gone, [Problem.IllegalTransition]
    ///     while it is deleted with all that is in it
    public void hold(Tx tx, String id) {
        boolean isOpen = table.share(tx, id)
                .orElseThrow(() -> new Problem.NotFound(KIND, id).raise());
        if (!isOpen) {
            throw new Problem.IllegalTransition(KIND, id, "deleting", "take anything in").raise();
        }
    }

    /// The organization that the grant is for.
    public Organization get(Grant grant) {
        return database.read(grant, tx -> present(table.find(tx, id(grant)), id(grant)));
    }

    /// One page of those that the caller may see, the newest first.
    public Page<Organization> list(Grant grant, PageAsk ask) {
        return database.read(grant, tx -> {
            var reach = policies.reach(tx, grant.principal(), seen(ask));
            return table.list(tx, paging, ask.orFromTheStart(), reach);
        });
    }

    /// Changes the organization that the grant is for.
    ///
    /// @param patch makes the new values out of the old ones
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.PreconditionFailed]; [Problem.Forbidden] for a state, which
    ///     operators change; [Problem.Conflict] for the suspension of the caller's own
    public Organization change(Grant grant, Function<Organization, Organization.Change> patch,
            OptionalLong expected) {
        return database.tx(grant, tx -> {
            var old = present(table.lock(tx, id(grant)), id(grant));
            IfMatch.verify(KIND, old.id(), old.version(), expected);
            var change = patch.apply(old);
            if (!change.settings().equals(old.settings())) {
                access.require(grant.call(), SETTINGS, grant.scope());
            }
            if (change.state() != old.state()) {
                settle(tx, grant, old, change.state());
            }
            var changed = table.change(tx, old.id(), change, clock.instant());
            if (change.settings().requireSecondFactor()
                    && !old.settings().requireSecondFactor()) {
                departures.forEach(one -> one.demanding(tx, old.id()));
            }
            events.append(tx, event("organization.updated", changed));
            return changed;
        });
    }

    /// What was open in a suspended organization ends for good; what people hold there counts again
    /// when the organization does.
    private void settle(Tx tx, Grant grant, Organization old, Organization.State state) {
        access.require(grant.call(), SUSPEND, Scope.PLATFORM);
        var home = grant.call().home();
        if (state == Organization.State.SUSPENDED && home != null
                && old.id().equals(home.organization())) {
            throw new Problem.Conflict(KIND, old.id(),
                    "you are signed in to it; nobody suspends their own").raise();
        }
        if (state == Organization.State.SUSPENDED) {
            departures.forEach(one -> one.closed(tx, old.id()));
        }
        epochs.raise(tx, old.id());
        events.append(tx, new NewEvent("organization.stateChanged", new Subject(KIND, old.id()),
                Scope.organization(old.id()),
                Map.of("state", state.name().toLowerCase(Locale.ROOT))));
    }

    /// Makes another member the one whom the organization belongs to. Who was it becomes an admin.
    ///
    /// @param user identifier or username
    /// @throws Problem.Failure [Problem.Unprocessable] for who is no active member
    public Organization transfer(Grant grant, String user, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var place = Scope.organization(id(grant));
            members.lock(tx, place);
            var old = present(table.lock(tx, id(grant)), id(grant));
            IfMatch.verify(KIND, old.id(), old.version(), expected);
            var heir = members.active(tx, old.id(), user).orElseThrow(
                    () -> new Problem.Unprocessable(List.of(new Problem.Mistake("userId",
                            "is no active member of the organization: invite them first")))
                            .raise());
            if (heir.equals(old.ownerId())) {
                return old;
            }
            policies.give(tx, Predefined.OWNER, new Policy.Holders.User(heir), place);
            var former = new Policy.Holders.User(old.ownerId());
            if (policies.namesAt(tx, former, place).contains(Predefined.OWNER.name())) {
                policies.give(tx, Predefined.ADMIN, former, place);
                policies.take(tx, Predefined.OWNER, former, place);
            }
            var changed = table.own(tx, old.id(), heir, clock.instant());
            events.append(tx, new NewEvent("organization.transferred",
                    new Subject(KIND, old.id()), place,
                    Map.of("from", old.ownerId(), "to", heir)));
            return changed;
        });
    }

    /// Refuses what an organization that is suspended gives no longer.
    ///
    /// @param what is asked for: `sign-in`
    /// @throws Problem.Failure [Problem.Refused]
    public void checkActive(Tx tx, String id, String what) {
        table.find(tx, id).filter(it -> it.state() == Organization.State.SUSPENDED)
                .ifPresent(it -> {
                    throw new Problem.Refused(what, "organization " + it.name()
                            + " is suspended; ask the operators of this server").raise();
                });
    }

    /// Whether people who sign in to it must show a second factor.
    ///
    /// @param id identifier
    public boolean demandsSecondFactor(Tx tx, String id) {
        return table.find(tx, id).filter(it -> it.settings().requireSecondFactor()).isPresent();
    }

    /// The organization, as nobody else changes it until the transaction ends.
    ///
    /// @throws Problem.Failure [Problem.NotFound]
    Organization lock(Tx tx, String id) {
        return present(table.lock(tx, id), id);
    }

    /// Notes the run that deletes an organization: nothing is put into it from now on.
    void deleting(Tx tx, Organization organization, String run) {
        table.deleting(tx, organization.id(), run, clock.instant());
        events.append(tx, event("organization.deleting", organization));
    }

    /// Notes that an organization could not be deleted, and stays.
    void kept(Tx tx, String id) {
        table.lock(tx, id).ifPresent(found -> {
            table.deleting(tx, id, null, clock.instant());
            events.append(tx, event("organization.kept", found));
        });
    }

    /// Notes that an organization is no more. Its name is free at once.
    void ended(Tx tx, Organization organization) {
        table.delete(tx, organization.id(), clock.instant());
        departures.forEach(one -> one.closed(tx, organization.id()));
        epochs.raise(tx, organization.id());
        events.append(tx, event("organization.deleted", organization));
    }

    /// What one must hold to see these.
    private static Permission seen(PageAsk ask) {
        return ask.deleted().isShown() ? GET.to("update") : GET;
    }

    private static NewEvent event(String type, Organization about) {
        return new NewEvent(type, new Subject(KIND, about.id()),
                Scope.organization(about.id()), Map.of("name", about.name()));
    }

    private static Organization present(Optional<Organization> found, String id) {
        return found.orElseThrow(() -> new Problem.NotFound(KIND, id).raise());
    }

    private static String id(Grant grant) {
        return grant.scope().requireOrganization();
    }
}
