package orrery.server.iam.group;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Slug;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Epochs;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Locator;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.policy.Policy;

/// The groups of all organizations, and who is in them.
@Singleton
public final class Groups implements Locator {
    private static final String KIND = "group";
    private static final int MOST_MEMBERS = 10_000;

    private final GroupTable table = new GroupTable();
    private final GroupMemberTable members = new GroupMemberTable();
    private final Database database;
    private final Policies policies;
    private final Access access;
    private final Epochs epochs;
    private final Events events;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Groups(Database database, Policies policies, Access access, Epochs epochs,
            Events events, Paging paging, Ids ids, Clock clock) {
        this.database = database;
        this.policies = policies;
        this.access = access;
        this.epochs = epochs;
        this.events = events;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// Makes a group in the organization that the grant is for.
    public Group create(Grant grant, Group.New asked) {
        return database.tx(grant, tx -> {
            var id = ids.next("grp");
            var name = asked.name() == null ? Slug.of(KIND, id) : asked.name();
            var now = clock.instant();
            var group = new Group(id, organization(grant), name, asked.displayName(),
                    asked.description(), 0, 1, now, now);
            if (!table.insert(tx, group)) {
                throw new Problem.AlreadyExists(KIND, name).raise();
            }
            events.append(tx, event("group.created", group, Map.of("name", name)));
            return group;
        });
    }

    public Page<Group> list(Grant grant, PageAsk ask) {
        return database.read(grant,
                tx -> table.list(tx, paging, ask.orFromTheStart(), organization(grant)));
    }

    /// @param key identifier or name
    public Group get(Grant grant, String key) {
        return database.read(grant,
                tx -> present(table.find(tx, organization(grant), key), key));
    }

    /// @param patch makes the new values out of the old ones
    /// @param expected the version that the caller knows, if it cares
    public Group change(Grant grant, String key, Function<Group, Group.Change> patch,
            OptionalLong expected) {
        return database.tx(grant, tx -> {
            var group = lock(tx, grant, key, expected);
            var changed = table.change(tx, group.id(), patch.apply(group), clock.instant());
            events.append(tx, event("group.updated", changed, Map.of("name", changed.name())));
            return changed;
        });
    }

    /// Deletes a group. Its name is free at once.
    ///
    /// @throws Problem.Failure [Problem.InUse] while a policy names it
    public void delete(Grant grant, String key, OptionalLong expected) {
        database.write(grant, tx -> {
            var group = lock(tx, grant, key, expected);
            var bound = table.policies(tx, group.id());
            if (!bound.isEmpty()) {
                throw new Problem.InUse(KIND, group.name(), bound).raise();
            }
            table.delete(tx, group.id(), clock.instant());
            events.append(tx, event("group.deleted", group, Map.of("name", group.name())));
        });
    }

    public Page<Group.Member> members(Grant grant, String key, PageAsk ask) {
        return database.read(grant, tx -> members.list(tx, paging, ask.orFromTheStart(),
                present(table.find(tx, organization(grant), key), key).id()));
    }

    /// @param member identifier of the membership or of the person
    public Group.Member member(Grant grant, String key, String member) {
        return database.read(grant, tx -> present(members.find(tx,
                present(table.find(tx, organization(grant), key), key).id(), member), member));
    }

    /// Puts somebody into a group, who then holds what the group holds. Whoever does that must hold
    /// all of it.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] for a person who does not belong to the
    ///     organization, [Problem.AlreadyExists] for one who is in the group
    public Group.Member add(Grant grant, String key, String user) {
        return database.tx(grant, tx -> {
            var group = lock(tx, grant, key, OptionalLong.empty());
            policies.checkCeiling(tx, access, grant.call(), new Policy.Holders.Group(group.id()),
                    "userId");
            if (members.find(tx, group.id(), user).isPresent()) {
                throw new Problem.AlreadyExists("member of " + group.name(), user).raise();
            }
            if (members.count(tx, group.id()) >= MOST_MEMBERS) {
                throw new Problem.QuotaExceeded("members of one group", MOST_MEMBERS,
                        MOST_MEMBERS + 1).raise();
            }
            var member = new Group.Member(ids.next("mbr"), group.id(), user, "", "",
                    grant.principal().id(), clock.instant());
            if (!members.insert(tx, member, group.organizationId())) {
                throw new Problem.Unprocessable(List.of(new Problem.Mistake("userId",
                        "does not belong to the organization: invite the person first")))
                        .raise();
            }
            changed(tx, "group.memberAdded", group, user);
            return present(members.find(tx, group.id(), member.id()), member.id());
        });
    }

    /// @param member identifier of the membership or of the person
    public void remove(Grant grant, String key, String member) {
        database.write(grant, tx -> {
            var group = lock(tx, grant, key, OptionalLong.empty());
            var found = present(members.find(tx, group.id(), member), member);
            members.delete(tx, found.id());
            changed(tx, "group.memberRemoved", group, found.userId());
        });
    }

    @Override
    public String prefix() {
        return "grp";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.organization(tx, id).map(Scope::organization);
    }

    private void changed(Tx tx, String type, Group group, String user) {
        epochs.raise(tx, group.organizationId());
        events.append(tx, event(type, group, Map.of("userId", user)));
    }

    private Group lock(Tx tx, Grant grant, String key, OptionalLong expected) {
        var found = present(table.lock(tx, organization(grant), key), key);
        IfMatch.verify(KIND, key, found.version(), expected);
        return found;
    }

    private static <T> T present(Optional<T> found, String key) {
        return found.orElseThrow(() -> new Problem.NotFound(KIND, key).raise());
    }

    private static String organization(Grant grant) {
        return grant.scope().requireOrganization();
    }

    private static NewEvent event(String type, Group group, Map<String, ?> data) {
        return new NewEvent(type, new Subject(KIND, group.id()),
                Scope.organization(group.organizationId()), data);
    }
}
