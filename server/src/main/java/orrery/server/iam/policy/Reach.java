package orrery.server.iam.policy;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import orrery.kit.access.Scope;

/// Where somebody holds one permission, as a list's query needs it: everywhere, or in whole
/// organizations and in single projects.
///
/// ```sql
/// where :everywhere or organization_id = any(:organizations) or id = any(:projects)
/// ```
public record Reach(boolean everywhere, Set<String> organizations, Set<String> projects) {
    public static final Reach NOWHERE = new Reach(false, Set.of(), Set.of());

    public Reach {
        // In order: page tokens are tied to them, and every server process must see the same.
        organizations = Collections.unmodifiableSet(new TreeSet<>(organizations));
        projects = Collections.unmodifiableSet(new TreeSet<>(projects));
    }

    /// The three parameters of the condition.
    public Map<String, Object> bound() {
        return Map.of("everywhere", everywhere, "organizations", organizations,
                "projects", projects);
    }

    /// @param places where a role gives the permission
    /// @param within the token counts only here and below
    static Reach of(Collection<Scope> places, Scope within) {
        var everywhere = false;
        var organizations = new HashSet<String>();
        var projects = new HashSet<String>();
        for (var place : places) {
            if (!place.contains(within) && !within.contains(place)) {
                continue;
            }
            var narrower = place.contains(within) ? within : place;
            // What was given at one resource is no reason to list the others beside it.
            if (narrower.resource() != null) {
                continue;
            }
            if (narrower.project() != null) {
                projects.add(narrower.project());
            } else if (narrower.organization() != null) {
                organizations.add(narrower.organization());
            } else {
                everywhere = true;
            }
        }
        return new Reach(everywhere, organizations, projects);
    }
}
