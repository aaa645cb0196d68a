package orrery.server.iam.user;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
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
import orrery.kit.http.Expression;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.policy.Policy;
import orrery.server.iam.role.Ceiling;
import orrery.server.iam.role.Predefined;
import orrery.server.iam.role.Role;
import orrery.server.iam.role.Roles;

/// Who belongs to which organization, and who may be there what. An account is one for all
/// organizations: each decides for itself, and only operators for the account as a whole.
@Singleton
public final class Members {
    private static final String KIND = "user";
    private static final Permission DEMOTE = new Permission("org.admins.delete");

    /// "Admins build up, only owners tear down."
    private static final Set<String> PROTECTED =
            Set.of(Predefined.OWNER.name(), Predefined.ADMIN.name());

    private final MemberTable table = new MemberTable();
    private final Database database;
    private final Users users;
    private final Roles roles;
    private final Policies policies;
    private final Access access;
    private final Iterable<Departure> departures;
    private final Epochs epochs;
    private final Events events;
    private final Paging paging;
    private final Clock clock;

    public Members(Database database, Users users, Roles roles, Policies policies, Access access,
            @Any Instance<Departure> departures, Epochs epochs, Events events, Paging paging,
            Clock clock) {
        this.database = database;
        this.users = users;
        this.roles = roles;
        this.policies = policies;
        this.access = access;
        this.departures = departures;
        this.epochs = epochs;
        this.events = events;
        this.paging = paging;
        this.clock = clock;
    }

    /// Lets somebody belong to an organization, with a role. Who belongs to it already gets the
    /// role too.
    public void add(Tx tx, String organization, String user, Role role) {
        if (table.insert(tx, organization, user, clock.instant())) {
            events.append(tx, event("member.added", organization, user, Map.of()));
        }
        policies.give(tx, role, new Policy.Holders.User(user), Scope.organization(organization));
    }

    /// Whether what somebody holds in an organization counts.
    public boolean isActive(Tx tx, String organization, String user) {
        return table.isActive(tx, organization, user);
    }

    /// The identifier of somebody who belongs to an organization, if what it holds there counts.
    ///
    /// @param key identifier or username
    public Optional<String> active(Tx tx, String organization, String key) {
        return table.find(tx, organization, key)
                .filter(it -> it.status() == User.State.ACTIVE).map(Member::id);
    }

    /// Whether somebody is one of an organization's people, suspended or not.
    public boolean belongs(Tx tx, String organization, String user) {
        return table.find(tx, organization, user).isPresent();
    }

    /// One page of the people of the organization that the grant is for; of all, where it is for
    /// the whole installation.
    ///
    /// @param which a condition that must hold too; `null` for none
    @Page.Of(MemberTable.class)
    public Page<Member> list(Grant grant, PageAsk ask, @Nullable Expression which) {
        var organization = grant.scope().organization();
        return database.read(grant, tx -> organization == null
                ? table.listEverywhere(tx, paging, ask.orFromTheStart(), which)
                : table.list(tx, paging, ask.orFromTheStart(), organization, which));
    }

    /// @param key identifier or username
    public Member get(Grant grant, String key) {
        return database.read(grant, tx -> find(tx, grant, key));
    }

    /// Changes what somebody is in the organization that the grant is for; or the account, where it
    /// is for the whole installation.
    ///
    /// @param patch makes the new values out of the old ones
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.Conflict] for the last owner, [Problem.Unprocessable] for
    ///     roles that the caller does not hold, [Problem.Forbidden] for an admin, whom only owners
    ///     may demote
    public Member change(Grant grant, String key, Function<Member, Member.Change> patch,
            OptionalLong expected) {
        return database.tx(grant, tx -> {
            var member = lock(tx, grant, key, expected);
            var change = patch.apply(member);
            var wanted = change.roles();
            var lost = new HashSet<>(member.roles());
            lost.removeAll(wanted);
            if (!lost.isEmpty() || change.status() != member.status()) {
                checkDemotion(grant, member);
            }
            rename(tx, grant, member, change.displayName());
            giveAndTake(tx, grant, member, wanted, lost);
            settle(tx, grant, member, change.status());
            checkOwner(tx, placeOf(grant));
            return find(tx, grant, member.id());
        });
    }

    /// Takes everything from somebody that the organization gave; where the grant is for the whole
    /// installation, closes the account.
    public void remove(Grant grant, String key, OptionalLong expected) {
        remove(grant, key, expected, (tx, member) -> { });
    }

    /// As above.
    ///
    /// @param more what else goes with the person, in the same transaction
    public void remove(
            Grant grant, String key, OptionalLong expected, BiConsumer<Tx, Member> more) {
        database.write(grant, tx -> {
            var member = lock(tx, grant, key, expected);
            checkDemotion(grant, member);
            more.accept(tx, member);
            var organization = grant.scope().organization();
            if (organization == null) {
                settle(tx, grant, member, User.State.DISABLED);
                checkOwner(tx, Scope.PLATFORM);
                return;
            }
            policies.takeAll(tx, new Policy.Holders.User(member.id()), organization);
            table.delete(tx, organization, member.id());
            departures.forEach(one -> one.left(tx, member.id(), organization));
            changed(tx, "member.removed", grant, member, Map.of());
            checkOwner(tx, placeOf(grant));
        });
    }

    private Member lock(Tx tx, Grant grant, String key, OptionalLong expected) {
        lock(tx, grant.scope());
        var found = find(tx, grant, key);
        IfMatch.verify(KIND, key, found.version(), expected);
        return found;
    }

    private Member find(Tx tx, Grant grant, String key) {
        var organization = grant.scope().organization();
        var found = organization == null ? table.findEverywhere(tx, key)
                : table.find(tx, organization, key);
        return found.orElseThrow(() -> new Problem.NotFound(KIND, key).raise());
    }

    private void checkDemotion(Grant grant, Member member) {
        if (grant.scope().organization() != null
                && !member.id().equals(grant.principal().id())
                && member.roles().stream().anyMatch(PROTECTED::contains)) {
            access.require(grant.call(), DEMOTE, grant.scope());
        }
    }

    private void rename(Tx tx, Grant grant, Member member, String name) {
        if (name.equals(member.displayName())) {
            return;
        }
        var home = users.get(tx, member.id()).home();
        if (!grant.scope().contains(home)) {
            throw new Problem.Refused("change of displayName",
                    "the account lives in another organization").raise();
        }
        users.rename(tx, member.id(), name);
    }

    private void giveAndTake(
            Tx tx, Grant grant, Member member, Set<String> wanted, Set<String> lost) {
        var holder = new Policy.Holders.User(member.id());
        var place = placeOf(grant);
        for (var name : lost) {
            policies.take(tx, role(tx, place, name), holder, place);
        }
        var added = new HashSet<>(wanted);
        added.removeAll(member.roles());
        for (var name : added.stream().sorted().toList()) {
            var role = role(tx, place, name);
            Ceiling.check(access, grant.call(), role.permissions(), place, "roles");
            policies.give(tx, role, holder, place);
        }
    }

    private Role role(Tx tx, Scope place, String name) {
        return roles.at(tx, place, name).orElseThrow(() -> new Problem.Unprocessable(List.of(
                new Problem.Mistake("roles", "there is no role " + name + " here"))).raise());
    }

    private void settle(Tx tx, Grant grant, Member member, User.State state) {
        if (state == member.status()) {
            return;
        }
        var organization = grant.scope().organization();
        var text = state.name().toLowerCase(Locale.ROOT);
        if (organization == null) {
            table.changeAccount(tx, member.id(), text, clock.instant());
        } else {
            table.change(tx, organization, member.id(), text, clock.instant());
        }
        if (state != User.State.ACTIVE) {
            departures.forEach(one -> one.suspended(tx, member.id(), organization));
        }
        changed(tx, "user.stateChanged", grant, member, Map.of("state", text));
    }

    private void changed(Tx tx, String type, Grant grant, Member member, Map<String, ?> data) {
        epochs.raise(tx, member.id());
        if (grant.scope().organization() != null) {
            epochs.raise(tx, grant.scope().requireOrganization());
        }
        events.append(tx, new NewEvent(
                type, new Subject(KIND, member.id()), placeOf(grant), data));
    }

    /// Refuses what would leave nobody who may do everything there.
    ///
    /// @throws Problem.Failure [Problem.Conflict]
    public void checkOwner(Tx tx, Scope place) {
        var isLeft = place.organization() == null ? table.hasOperator(tx)
                : table.hasOwner(tx, place.organization());
        if (!isLeft) {
            throw new Problem.Conflict(place.organization() == null ? "platform" : "organization",
                    String.valueOf(place.organization()),
                    "its last owner stays: make somebody else an owner first").raise();
        }
    }

    /// Makes changes of an organization's people wait for each other until the transaction ends,
    /// so that each sees who is left.
    public void lock(Tx tx, Scope place) {
        table.lock(tx, String.valueOf(place.organization()));
    }

    private static Scope placeOf(Grant grant) {
        return grant.scope().organization() == null ? Scope.PLATFORM
                : Scope.organization(grant.scope().requireOrganization());
    }

    private static NewEvent event(
            String type, String organization, String user, Map<String, ?> data) {
        return new NewEvent(type, new Subject(KIND, user), Scope.organization(organization), data);
    }
}
