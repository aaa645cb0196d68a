package orrery.server.tenancy.project;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Call;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.events.Epochs;
import orrery.kit.http.Locator;
import orrery.kit.http.Place;
import orrery.kit.http.Places;
import orrery.server.tenancy.organization.Organization;
import orrery.server.tenancy.organization.Organizations;
import org.jspecify.annotations.Nullable;

/// Turns what a path says into a place: a project by identifier, by name if only one that the
/// caller may see is called so, or by `name.organization`.
@Singleton
public final class PlaceFinder implements Places {
    /// About 300 bytes each.
    private static final int REMEMBERED = 20_000;

    private final Database database;
    private final Organizations organizations;
    private final Projects projects;
    private final Epochs epochs;
    private final Access access;
    private final Map<String, Locator> locators;
    private final Grant system;
    private final Cache<String, Remembered> byId =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    /// A thing never moves. One that is gone may be found for a while: whoever looks at it then
    /// learns that it is not there.
    private final Cache<String, Scope> places = Caffeine.newBuilder().maximumSize(REMEMBERED)
            .expireAfterWrite(Duration.ofMinutes(1)).build();

    /// @param stamp the epoch of the project's organization: it grows when a project is deleted
    private record Remembered(Scope scope, long stamp) {}

    public PlaceFinder(
            Database database, Organizations organizations, Projects projects, Epochs epochs,
            Access access, @Any Instance<Locator> locators) {
        this.database = database;
        this.organizations = organizations;
        this.projects = projects;
        this.epochs = epochs;
        this.access = access;
        this.locators = locators.stream()
                .collect(Collectors.toMap(Locator::prefix, Function.identity()));
        this.system = access.system("places");
    }

    @Override
    public Scope find(Call call, Place place, Map<String, String> parameters) {
        return switch (place) {
            case PLATFORM -> Scope.PLATFORM;
            case ORGANIZATION -> organization(parameters.get("organization"));
            case PROJECT -> project(call, parameters.get("project"));
            case TENANT -> tenant(call, parameters);
            case RESOURCE -> resource(call, parameters.get("resource"));
            case HOME_ORGANIZATION -> homeOrganization(call);
            case HOME_PROJECT -> homeProject(call);
        };
    }

    private Scope tenant(Call call, Map<String, String> parameters) {
        var asked = parameters.get("orgId");
        if (asked != null) {
            return asked.equals("*") ? Scope.PLATFORM : organization(asked);
        }
        // What the caller may not know is looked for at home, and not found there.
        return parameters.values().stream().flatMap(value -> located(call, value).stream())
                .findFirst().orElseGet(() -> homeOrganization(call));
    }

    private Scope resource(Call call, String id) {
        return located(call, id).filter(found -> found.project() != null)
                .map(found -> found.resource(id))
                .orElseThrow(() -> new Problem.NotFound("resource", id).raise());
    }

    /// Where something lies, if the caller may know.
    private Optional<Scope> located(Call call, String id) {
        var known = places.getIfPresent(id);
        var found = known != null ? Optional.of(known)
                : Optional.ofNullable(locators.get(prefix(id))).flatMap(
                        it -> database.read(system, tx -> it.find(tx, id)));
        found.ifPresent(place -> places.put(id, place));
        return found
                .filter(place -> access.knows(call, place)
                        || place.project() != null && access.knows(call, place.resource(id)));
    }

    private static String prefix(String key) {
        return Ids.isId(key) ? key.substring(0, key.indexOf('_')) : "";
    }

    private Scope organization(String key) {
        return database.read(system, tx -> organizations.find(tx, key))
                .map(found -> Scope.organization(found.id()))
                .orElseThrow(() -> new Problem.NotFound("organization", key).raise());
    }

    private Scope project(Call call, String key) {
        if (Ids.isId(key)) {
            return byId(key);
        }
        var dot = key.indexOf('.');
        var name = dot < 0 ? key : key.substring(0, dot);
        var organization = dot < 0 ? null : organization(key.substring(dot + 1)).organization();
        return one(call, name, organization);
    }

    private Scope byId(String id) {
        var found = byId.getIfPresent(id);
        if (found == null || found.stamp() != epochs.get(found.scope().requireOrganization())) {
            // Read once for its organization, and again after that one's stamp was taken: the
            // project may have been deleted in between.
            var stamp = epochs.get(read(id).requireOrganization());
            found = new Remembered(read(id), stamp);
            byId.put(id, found);
        }
        return found.scope();
    }

    private Scope read(String id) {
        return database.read(system, tx -> projects.byId(tx, id)).map(Project::scope)
                .orElseThrow(() -> new Problem.NotFound("project", id).raise());
    }

    private Scope one(Call call, String name, @Nullable String organization) {
        var found = database.read(system, tx -> projects.byName(tx, call.principal(), name)
                .stream()
                .filter(p -> organization == null || organization.equals(p.organizationId()))
                .toList());
        if (found.size() > 1) {
            throw new Problem.Ambiguous("project", name, qualified(found)).raise();
        }
        if (found.isEmpty()) {
            throw new Problem.NotFound("project", name).raise();
        }
        return found.getFirst().scope();
    }

    private List<String> qualified(List<Project> found) {
        return database.read(system, tx -> found.stream()
                .map(project -> project.name() + "." + organizations
                        .find(tx, project.organizationId())
                        .map(Organization::name).orElse(project.organizationId()))
                .toList());
    }

    /// A credential for one project sees that much of its organization and no more.
    private static Scope homeOrganization(Call call) {
        var home = home(call);
        return call.principal().within().project() != null ? home
                : Scope.organization(home.requireOrganization());
    }

    private static Scope homeProject(Call call) {
        var home = home(call);
        if (home.project() == null) {
            throw new Problem.Refused("home project", "this credential counts for organization "
                    + home.organization() + " as a whole; use one that is scoped to a project")
                    .raise();
        }
        return home;
    }

    private static Scope home(Call call) {
        if (call.home() == null) {
            throw new IllegalStateException("a caller without a home: " + call.principal().id());
        }
        return call.home();
    }
}
