package orrery.server.iam.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;

/// Who may do what, as one would say it, over plain lists: no index, no cache, no epoch. What the
/// evaluator and its tables are held against.
final class NaiveRights {
    /// @param kind `user`, `group`, `members` (of the organization `holder`) or `service_account`
    /// @param role its key
    record Given(String kind, String holder, String role, Scope place) {}

    record Belonging(String organization, String user) {}

    record Grouped(String group, Belonging who) {}

    /// @param ofOrganizations whether it is made for them, and reaches into projects only if it
    ///     lets its holder see them
    record Sort(String name, boolean ofOrganizations, Set<String> permissions) {}

    final List<Given> given = new ArrayList<>();
    final Set<Grouped> grouped = new HashSet<>();
    final Map<Belonging, Boolean> active = new HashMap<>();
    final Set<String> suspended = new HashSet<>();
    final Map<String, Sort> roles = new HashMap<>();

    boolean allows(Principal who, String permission, Scope place) {
        return isBelow(who.within(), place) && given.stream().anyMatch(it ->
                names(it, who.id()) && countsFor(who.id(), it.place().organization())
                        && isBelow(it.place(), place) && gives(it, permission, place)
                        && (who.roles() == null
                                || who.roles().contains(roles.get(it.role()).name())));
    }

    private boolean names(Given it, String id) {
        return switch (it.kind()) {
            case "group" -> grouped.stream().anyMatch(in ->
                    in.group().equals(it.holder()) && in.who().user().equals(id));
            case "members" -> active.containsKey(new Belonging(it.holder(), id));
            default -> it.holder().equals(id);
        };
    }

    /// What an organization gave counts while it is not suspended, and for people while they
    /// belong to it and are not suspended there.
    private boolean countsFor(String id, @Nullable String organization) {
        return organization == null || !suspended.contains(organization)
                && (id.startsWith("sa_")
                        || active.getOrDefault(new Belonging(organization, id), false));
    }

    private boolean gives(Given it, String permission, Scope place) {
        var role = roles.get(it.role());
        var hidden = role.ofOrganizations() && place.project() != null
                && !holds(role, "org.projects.get");
        return !hidden && holds(role, permission);
    }

    private static boolean holds(Sort role, String permission) {
        return role.permissions().stream().anyMatch(pattern -> pattern.equals("*")
                || pattern.equals(permission) || pattern.endsWith(".*")
                && permission.startsWith(pattern.substring(0, pattern.length() - 1)));
    }

    static boolean isBelow(Scope above, Scope place) {
        return above.organization() == null || above.organization().equals(place.organization())
                && (above.project() == null || above.project().equals(place.project())
                        && (above.resource() == null
                                || above.resource().equals(place.resource())));
    }
}
