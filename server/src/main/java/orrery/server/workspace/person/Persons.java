package orrery.server.workspace.person;

import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.auth.login.Lockout;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.user.People;
import orrery.server.iam.user.Resident;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import orrery.server.workspace.blueprint.Blueprints;

/// Who is here, as far as the caller may know.
@Singleton
public final class Persons {
    private static final Permission LIST = new Permission("iam.users.list");
    private static final Permission SEE = new Permission("iam.users.get");
    private static final Permission CHANGE = new Permission("iam.users.update");
    private static final Permission ADMINISTER = new Permission("org.settings.update");
    private static final int MOST = 1_000;

    static final String ADMIN = "admin";
    static final String ORG_ADMIN = "org-admin";
    static final String USER = "workspace-user";

    private final Database database;
    private final Users users;
    private final People people;
    private final Policies policies;
    private final Lockout lockout;
    private final Blueprints blueprints;
    private final Access access;

    public Persons(Database database, Users users, People people, Policies policies,
            Lockout lockout, Blueprints blueprints, Access access) {
        this.database = database;
        this.users = users;
        this.people = people;
        this.policies = policies;
        this.lockout = lockout;
        this.blueprints = blueprints;
        this.access = access;
    }

    /// Everybody for operators, the organization's people for who administers it, the caller alone
    /// for others; by username, a thousand at most.
    ///
    /// However many they are, it takes three queries.
    public List<Person> list(Grant grant) {
        var reach = people.reach(grant, LIST);
        return database.read(grant, tx -> persons(tx, reach
                .map(place -> users.residents(tx, place.organization(), MOST))
                .orElseGet(() -> List.of(users.resident(
                        tx, grant.scope().organization(), grant.principal().id())))));
    }

    /// @param username `null` for the caller
    public Person get(Grant grant, @Nullable String username) {
        return look(grant, people.see(grant, username, SEE));
    }

    /// A person as the caller sees them: in the organization that the caller is in, and others'
    /// at home, for operators. What somebody is in further organizations is not theirs to know.
    Person look(Grant grant, User user) {
        var isOwn = user.id().equals(grant.principal().id());
        var place = isOwn || people.reach(grant, SEE).map(Scope::organization).isPresent()
                ? grant.scope().organization() : null;
        return database.read(grant, tx ->
                persons(tx, List.of(users.resident(tx, place, user.id()))).getFirst());
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
        database.write(grant, tx -> users.rename(tx, user.id(), name));
        return look(grant, user);
    }

    /// Names of the blueprints that a person may use.
    public List<String> blueprints(Grant grant, @Nullable String username) {
        people.see(grant, username, SEE);
        return blueprints.names();
    }

    private List<Person> persons(Tx tx, List<Resident> residents) {
        var places = new HashMap<String, Scope>();
        residents.forEach(one -> places.put(
                one.user().id(), Scope.organization(one.organization())));
        var standings = policies.standings(tx, ADMINISTER, places);
        var locked = lockout.locked(tx, residents.stream().map(Resident::user).toList());
        return residents.stream().map(one -> new Person(one,
                roles(standings.get(one.user().id())), locked.get(one.user().id()))).toList();
    }

    private static List<String> roles(Policies.@Nullable Standing standing) {
        var isOrganizations = standing != null && standing.holds() ? ORG_ADMIN : USER;
        return standing != null && standing.isOperator()
                ? List.of(ADMIN, isOrganizations) : List.of(isOrganizations);
    }
}
