package orrery.server.workspace.person;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.user.People;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import orrery.server.tenancy.organization.Organization;
import orrery.server.tenancy.organization.Organizations;
import orrery.server.workspace.blueprint.Blueprints;

/// Who is here, as far as the caller may know.
@Singleton
public final class Persons {
    private static final Permission LIST = new Permission("iam.users.list");
    private static final Permission SEE = new Permission("iam.users.get");
    private static final Permission CHANGE = new Permission("iam.users.update");
    private static final Permission ADMINISTER = new Permission("org.settings.update");
    private static final int MOST = 1_000;

    private final Database database;
    private final Users users;
    private final People people;
    private final Organizations organizations;
    private final Policies policies;
    private final Blueprints blueprints;
    private final Access access;

    public Persons(Database database, Users users, People people, Organizations organizations,
            Policies policies, Blueprints blueprints, Access access) {
        this.database = database;
        this.users = users;
        this.people = people;
        this.organizations = organizations;
        this.policies = policies;
        this.blueprints = blueprints;
        this.access = access;
    }

    /// Everybody for operators, the organization's people for who administers it, the caller alone
    /// for others; by username, a thousand at most.
    public List<Person> list(Grant grant) {
        var reach = people.reach(grant, LIST);
        return database.read(grant, tx -> {
            var names = new HashMap<String, String>();
            var found = reach.map(place -> place.organization() == null ? users.all(tx, MOST)
                            : users.of(tx, place.organization(), MOST))
                    .orElseGet(() -> List.of(users.get(tx, grant.principal().id())));
            return found.stream().map(user -> person(tx, user, names)).toList();
        });
    }

    /// @param username `null` for the caller
    public Person get(Grant grant, @Nullable String username) {
        var user = people.see(grant, username, SEE);
        return database.read(grant, tx -> person(tx, user, new HashMap<>()));
    }

    /// Calls a person otherwise.
    ///
    /// @param username `null` for the caller
    public Person rename(Grant grant, @Nullable String username, String name) {
        var user = people.see(grant, username, CHANGE);
        var isOwn = user.id().equals(grant.principal().id());
        if (!isOwn && !access.allows(grant.call(), CHANGE, user.home())) {
            throw new Problem.Refused("change of fullname",
                    "the account lives in another organization").raise();
        }
        return database.tx(grant,
                tx -> person(tx, users.rename(tx, user.id(), name), new HashMap<>()));
    }

    /// Names of the blueprints that a person may use.
    public List<String> blueprints(Grant grant, @Nullable String username) {
        people.see(grant, username, SEE);
        return blueprints.names();
    }

    private Person person(Tx tx, User user, Map<String, String> names) {
        var home = user.home().requireOrganization();
        var organization = names.computeIfAbsent(home,
                id -> organizations.find(tx, id).map(Organization::name).orElse(id));
        return new Person(user, organization, roles(tx, user));
    }

    private List<String> roles(Tx tx, User user) {
        var roles = new ArrayList<String>();
        if (policies.isOperator(tx, user.id())) {
            roles.add("admin");
        }
        var home = Scope.organization(user.home().requireOrganization());
        roles.add(policies.isHeld(tx, user.id(), ADMINISTER, home)
                ? "org-admin" : "workspace-user");
        return roles;
    }
}
