package orrery.server.iam.policy;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Epochs;
import orrery.kit.events.Events;
import orrery.kit.http.Locator;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.role.Ceiling;
import orrery.server.iam.role.Predefined;
import orrery.server.iam.role.Role;
import orrery.server.iam.role.Roles;
import orrery.server.iam.user.Members;

/// Policies as people make, look at and delete them. What a use case gives or takes as part of
/// something larger is [Policies]'.
@Singleton
public final class Bindings implements Locator {
    private static final String KIND = "policy";
    private static final Permission DEMOTE = new Permission("org.admins.delete");
    private static final Set<String> PROTECTED =
            Set.of(Predefined.OWNER.key(), Predefined.ADMIN.key());

    private final PolicyTable table = new PolicyTable();
    private final Database database;
    private final Roles roles;
    private final Members members;
    private final Access access;
    private final Epochs epochs;
    private final Events events;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Bindings(Database database, Roles roles, Members members, Access access,
            Epochs epochs, Events events, Paging paging, Ids ids, Clock clock) {
        this.database = database;
        this.roles = roles;
        this.members = members;
        this.access = access;
        this.epochs = epochs;
        this.events = events;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// Gives a role at the place that the grant is for. Whoever does that holds all of it there.
    ///
    /// @param role identifier or name
    /// @throws Problem.Failure [Problem.Unprocessable] for a role or a principal that is not
    ///     there, or for a role that the caller does not hold; [Problem.AlreadyExists] for what
    ///     was given before
    public Policy create(Grant grant, String role, Policy.Holders holders) {
        return database.tx(grant, tx -> {
            var place = grant.scope();
            var found = role(tx, place, role);
            Ceiling.check(access, grant.call(), found.permissions(), place, "role");
            check(tx, found, holders, place);
            var policy = new Policy(ids.next("pol"), found.key(), holders, place,
                    grant.principal().id(), clock.instant());
            if (!table.insert(tx, policy)) {
                throw new Problem.AlreadyExists(KIND,
                        found.name() + " for " + holders.principal()).raise();
            }
            changed(tx, "policy.created", found, policy);
            return policy;
        });
    }

    private Role role(Tx tx, Scope place, String key) {
        return roles.at(tx, place, key).orElseThrow(() -> unprocessable("role",
                "there is no role " + key + " that can be given there").raise());
    }

    private void check(Tx tx, Role role, Policy.Holders holders, Scope place) {
        if (role.key().equals(Predefined.OWNER.key())
                && !(holders instanceof Policy.Holders.User)) {
            throw unprocessable("principal", "only people own an organization").raise();
        }
        if (place.organization() == null ? !(holders instanceof Policy.Holders.User)
                : !table.isThere(tx, holders, place)) {
            throw unprocessable("principal.id", "there is no such " + holders.kind()
                    .replace('_', ' ') + " in the organization, or it does not reach there")
                    .raise();
        }
    }

    /// One page of those of the organization or project that the grant is for.
    public Page<PolicyTable.Listed> list(Grant grant, PageAsk ask) {
        return database.read(grant,
                tx -> table.list(tx, paging, ask.orFromTheStart(), grant.scope()));
    }

    public PolicyTable.Listed get(Grant grant, String id) {
        return database.read(grant, tx -> table.listed(tx, id, grant.scope())
                .orElseThrow(() -> missing(id)));
    }

    /// Takes a role away.
    ///
    /// @throws Problem.Failure [Problem.Conflict] for the last owner's, [Problem.Forbidden] for an
    ///     admin's, which only owners take, [Problem.Refused] for one that a project's visibility
    ///     made
    public void delete(Grant grant, String id) {
        database.write(grant, tx -> {
            members.lock(tx, grant.scope());
            var policy = table.find(tx, id).filter(found -> grant.scope()
                    .contains(found.place())).orElseThrow(() -> missing(id));
            if (policy.holders() instanceof Policy.Holders.Members) {
                throw new Problem.Refused("deletion of policy " + id,
                        "it follows from the project's visibility: change that").raise();
            }
            if (PROTECTED.contains(policy.role())
                    && !policy.holders().principal().equals(grant.principal().id())) {
                access.require(grant.call(), DEMOTE, policy.place());
            }
            table.delete(tx, policy.holders(), policy.role(), policy.place());
            var role = Predefined.byKey(policy.role()).or(() -> roles.at(
                    tx, policy.place(), policy.role()));
            role.ifPresent(it -> changed(tx, "policy.deleted", it, policy));
            if (policy.place().project() == null) {
                members.checkOwner(tx, policy.place());
            }
        });
    }

    @Override
    public String prefix() {
        return "pol";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.find(tx, id).map(Policy::place);
    }

    private void changed(Tx tx, String type, Role role, Policy policy) {
        epochs.raise(tx, Policies.epoch(policy.place()));
        events.append(tx, Policies.event(type, role, policy.holders(), policy.place()));
    }

    private static Problem unprocessable(String field, String message) {
        return new Problem.Unprocessable(List.of(new Problem.Mistake(field, message)));
    }

    private static Problem.Failure missing(String id) {
        return new Problem.NotFound(KIND, id).raise();
    }
}
