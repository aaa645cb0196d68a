package orrery.server.iam.policy;

import com.github.benmanes.caffeine.cache.Interner;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.server.iam.role.Role;

/// What one principal holds on the platform and in one organization, compiled so that a check costs
/// a few look-ups however many policies there are.
///
/// A role counts where it was given and below. One that is made for organizations reaches into
/// projects only if it lets its holder see them ([#SEE]): a plain member of an organization does
/// not know its private projects.
final class Holdings {
    /// More sets of token roles than this are computed anew each time. Few tokens name any.
    private static final int REMEMBERED_ROLE_SETS = 32;

    private static final Permission SEE = new Permission("org.projects.get");

    /// One role at one place.
    record Held(Role role, Scope place) {
        boolean reachesIntoProjects() {
            return role.level() != Role.Level.ORGANIZATION
                    || SEE.isCoveredByAny(role.permissions());
        }

        /// Whether it counts at `scope`.
        boolean reaches(Scope scope) {
            return place.contains(scope) && (scope.project() == null || place.project() != null
                    || reachesIntoProjects());
        }
    }

    /// Most people hold what many others hold, too: they share it in memory.
    private static final Interner<Set<String>> SHARED = Interner.newWeakInterner();

    private final List<Held> all;
    private final Set<String> onPlatform;
    private final Set<String> inOrganization;
    private final Set<String> inAnyProject;
    private final Map<String, Set<String>> inProject;
    private final Map<String, Set<String>> onResource;
    private final Map<Set<String>, Holdings> narrowed = new ConcurrentHashMap<>();

    /// @param all roles at the platform and in one organization, no other
    Holdings(Collection<Held> all) {
        this.all = List.copyOf(all);
        onPlatform = union(all, held -> held.place().organization() == null);
        inOrganization = union(all, held -> held.place().project() == null);
        inAnyProject = union(all,
                held -> held.place().project() == null && held.reachesIntoProjects());
        inProject = new HashMap<>();
        onResource = new HashMap<>();
        for (var held : all) {
            var place = held.place();
            if (place.resource() != null) {
                onResource.computeIfAbsent(place.resource(), id -> new HashSet<>())
                        .addAll(held.role().permissions());
            } else if (place.project() != null) {
                inProject.computeIfAbsent(place.project(), id -> new HashSet<>(inAnyProject))
                        .addAll(held.role().permissions());
            }
        }
        inProject.replaceAll((project, permissions) -> shared(permissions));
        onResource.replaceAll((resource, permissions) -> shared(permissions));
    }

    /// Permissions and patterns held at `scope`, by these role names alone unless `null`.
    Set<String> at(Scope scope, @Nullable Set<String> roles) {
        var counted = roles == null ? this : only(roles);
        if (scope.organization() == null) {
            return counted.onPlatform;
        }
        if (scope.project() == null) {
            return counted.inOrganization;
        }
        var inProject = counted.inProject.getOrDefault(scope.project(), counted.inAnyProject);
        var onResource = scope.resource() == null ? null
                : counted.onResource.get(scope.resource());
        if (onResource == null) {
            return inProject;
        }
        var both = new HashSet<>(inProject);
        both.addAll(onResource);
        return both;
    }

    /// The names of roles held at `place`, above or below it.
    Set<String> names(Scope place) {
        return all.stream()
                .filter(held -> held.place().contains(place) || place.contains(held.place()))
                .map(held -> held.role().name()).collect(Collectors.toUnmodifiableSet());
    }

    private Holdings only(Set<String> roles) {
        var known = narrowed.get(roles);
        if (known != null) {
            return known;
        }
        var made = new Holdings(
                all.stream().filter(held -> roles.contains(held.role().name())).toList());
        if (narrowed.size() < REMEMBERED_ROLE_SETS) {
            narrowed.put(roles, made);
        }
        return made;
    }

    private static Set<String> union(Collection<Held> all, Predicate<Held> counts) {
        var permissions = new HashSet<String>();
        all.stream().filter(counts).forEach(held -> permissions.addAll(held.role().permissions()));
        return shared(permissions);
    }

    private static Set<String> shared(Set<String> permissions) {
        return SHARED.intern(Set.copyOf(permissions));
    }
}
