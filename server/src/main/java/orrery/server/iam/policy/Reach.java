package orrery.server.iam.policy;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import org.jspecify.annotations.Nullable;

/// Where somebody holds one permission, as a list's query needs it: everywhere, or in whole
/// organizations and in single projects.
///
/// ```sql
/// where :everywhere or organization_id = any(:organizations) or id = any(:projects)
/// ```
public record Reach(boolean everywhere, Set<String> organizations, Set<String> projects) {
    public static final Reach NOWHERE = new Reach(false, Set.of(), Set.of());
    public static final Reach EVERYWHERE = new Reach(true, Set.of(), Set.of());

    public Reach {
        // In order: page tokens are tied to them, and every server process must see the same.
        organizations = Collections.unmodifiableSet(new TreeSet<>(organizations));
        projects = Collections.unmodifiableSet(new TreeSet<>(projects));
    }

    /// In one project and nowhere else.
    public static Reach project(String id) {
        return new Reach(false, Set.of(), Set.of(id));
    }

    /// One page of what lies within reach, in one region or in all: for lists that span projects.
    /// The table has the columns `organization_id`, `project_id` and `region`, and an index on each
    /// of the first two with the order of the list.
    ///
    /// @param all the rows that there are, wherever
    /// @param region code; `null` for all
    public <T> Page<T> page(
            Listing<T> all, Tx tx, Paging paging, PageAsk ask, @Nullable String region) {
        var bound = new HashMap<String, Object>();
        var list = all;
        if (region != null) {
            list = list.where("region = :region");
            bound.put("region", region);
        }
        return (everywhere ? list : list.where(condition(bound))).page(tx, paging, ask, bound);
    }

    /// One place is compared for equality: then an index gives the rows in the list's order.
    private String condition(Map<String, Object> bound) {
        if (organizations.size() + projects.size() == 1) {
            bound.put("place", Stream.concat(organizations.stream(), projects.stream())
                    .findFirst().orElseThrow());
            return organizations.isEmpty() ? "project_id = :place" : "organization_id = :place";
        }
        bound.put("organizations", organizations);
        bound.put("projects", projects);
        return "(organization_id = any(:organizations) or project_id = any(:projects))";
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
