package orrery.server.iam.role;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
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

/// The roles that can be given in an organization: those that come with the server, and its own.
@Singleton
public final class Roles implements Locator {
    private static final String KIND = "role";
    private static final int MOST = 200;

    private final RoleTable table = new RoleTable();
    private final Database database;
    private final Access access;
    private final Epochs epochs;
    private final Events events;
    private final Ids ids;
    private final Clock clock;

    public Roles(Database database, Access access, Epochs epochs, Events events, Ids ids,
            Clock clock) {
        this.database = database;
        this.access = access;
        this.epochs = epochs;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /// Makes a role in the organization that the grant is for.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] for the name, [Problem.Unprocessable] for
    ///     permissions that the caller does not hold
    public CustomRole create(Grant grant, CustomRole.New asked) {
        Ceiling.check(access, grant.call(), asked.permissions(), grant.scope(), "permissions");
        return database.tx(grant, tx -> {
            var organization = organization(grant);
            var id = ids.next("rol");
            var name = asked.name() == null ? Slug.of(KIND, id) : asked.name();
            if (Predefined.all().stream().anyMatch(role -> role.name().equals(name))) {
                throw new Problem.AlreadyExists(KIND, name).raise();
            }
            if (table.count(tx, organization) >= MOST) {
                throw new Problem.QuotaExceeded("roles of one organization", MOST, MOST + 1)
                        .raise();
            }
            var now = clock.instant();
            var role = new CustomRole(id, organization, name, asked.displayName(),
                    asked.description(), asked.permissions().stream().sorted().toList(), 1, now,
                    now);
            if (!table.insert(tx, role)) {
                throw new Problem.AlreadyExists(KIND, name).raise();
            }
            events.append(tx, event("role.created", role));
            return role;
        });
    }

    /// The organization's own, the newest first.
    public List<CustomRole> list(Grant grant) {
        return database.read(grant, tx -> table.list(tx, organization(grant), MOST));
    }

    /// One of the organization's own.
    ///
    /// @param key identifier or name
    public CustomRole get(Grant grant, String key) {
        return database.read(grant,
                tx -> present(table.find(tx, organization(grant), key), key));
    }

    /// Changes one of the organization's own, for all who hold it.
    ///
    /// @param patch makes the new values out of the old ones
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.Refused] for one that comes with the server
    public CustomRole change(Grant grant, String key, Function<CustomRole, CustomRole.Change> patch,
            OptionalLong expected) {
        return database.tx(grant, tx -> {
            var role = own(tx, grant, key, expected);
            var change = patch.apply(role);
            // What it could do before was somebody else's to give.
            var added = change.permissions().stream()
                    .filter(name -> !role.permissions().contains(name)).toList();
            Ceiling.check(access, grant.call(), added, grant.scope(), "permissions");
            var changed = table.change(tx, role.id(), change,
                    change.permissions().stream().sorted().toList(), clock.instant());
            epochs.raise(tx, role.organizationId());
            events.append(tx, event("role.updated", changed));
            return changed;
        });
    }

    /// Deletes one of the organization's own. Its name is free at once.
    ///
    /// @throws Problem.Failure [Problem.InUse] while a policy gives it
    public void delete(Grant grant, String key, OptionalLong expected) {
        database.write(grant, tx -> {
            var role = own(tx, grant, key, expected);
            var policies = table.policies(tx, role.id());
            if (!policies.isEmpty()) {
                throw new Problem.InUse(KIND, role.name(), policies).raise();
            }
            table.delete(tx, role.id(), clock.instant());
            events.append(tx, event("role.deleted", role));
        });
    }

    /// The role that a name or an identifier means at a place: `admin` is another one in a project
    /// than in an organization.
    ///
    /// It stays as it is until the transaction ends.
    public Optional<Role> at(Tx tx, Scope place, String key) {
        var own = place.organization() == null ? Stream.<Role>empty()
                : table.lock(tx, place.organization(), key).stream().map(CustomRole::role);
        var predefined = Predefined.all().stream()
                .filter(role -> role.id().equals(key) || role.name().equals(key))
                .filter(role -> role.fits(place));
        return Stream.concat(own, predefined).findFirst();
    }

    @Override
    public String prefix() {
        return "rol";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.organization(tx, id).map(Scope::organization);
    }

    private CustomRole own(Tx tx, Grant grant, String key, OptionalLong expected) {
        if (Predefined.find(key).isPresent()) {
            throw new Problem.Refused("change of the role " + key,
                    "it comes with the server; make one of your own").raise();
        }
        var found = present(table.lock(tx, organization(grant), key), key);
        IfMatch.verify(KIND, key, found.version(), expected);
        return found;
    }

    private static CustomRole present(Optional<CustomRole> found, String key) {
        return found.orElseThrow(() -> new Problem.NotFound(KIND, key).raise());
    }

    private static String organization(Grant grant) {
        return grant.scope().requireOrganization();
    }

    private static NewEvent event(String type, CustomRole role) {
        return new NewEvent(type, new Subject(KIND, role.id()),
                Scope.organization(role.organizationId()),
                Map.of("name", role.name(), "permissions", role.permissions()));
    }
}
