package orrery.server.iam.policy;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orrery.kit.Ids;
import orrery.kit.access.Access;
import orrery.kit.access.Call;
import orrery.kit.access.Permission;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.events.Epochs;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.server.iam.policy.Holdings.Held;
import orrery.server.iam.role.Ceiling;
import orrery.server.iam.role.Permissions;
import orrery.server.iam.role.Role;

/// Gives roles and takes them away.
@Singleton
public final class Policies implements ProjectEnd {
    /// The epoch that changes with the platform's own policies. An organization's has its name.
    static final String PLATFORM = "platform";

    private final PolicyTable table = new PolicyTable();
    private final Epochs epochs;
    private final Events events;
    private final Ids ids;
    private final Clock clock;

    public Policies(Epochs epochs, Events events, Ids ids, Clock clock) {
        this.epochs = epochs;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /// Gives `role` at `place`. Giving it again changes nothing.
    public void give(Tx tx, Role role, Policy.Holders holders, Scope place) {
        if (!role.fits(place)) {
            throw new IllegalArgumentException(role.key() + " is no role for " + place);
        }
        var policy = new Policy(ids.next("pol"), role.key(), holders, place,
                tx.grant().principal().id(), clock.instant());
        if (table.insert(tx, policy)) {
            epochs.raise(tx, epoch(place));
            events.append(tx, event("policy.created", role, holders, place));
        }
    }

    /// Takes `role` at `place` away. Taking what is not there changes nothing.
    public void take(Tx tx, Role role, Policy.Holders holders, Scope place) {
        if (table.delete(tx, holders, role.key(), place)) {
            epochs.raise(tx, epoch(place));
            events.append(tx, event("policy.deleted", role, holders, place));
        }
    }

    /// Takes away all that somebody was given in an organization.
    public void takeAll(Tx tx, Policy.Holders holders, String organization) {
        if (table.deleteAll(tx, holders, organization) > 0) {
            epochs.raise(tx, organization);
        }
    }

    /// What anyone was given in a project goes with it.
    @Override
    public void ended(Tx tx, Scope project) {
        if (table.deleteIn(tx, project.requireProject()) > 0) {
            epochs.raise(tx, project.requireOrganization());
        }
    }

    /// Refuses a caller who does not hold all that a group holds: putting somebody into it gives
    /// all of that.
    ///
    /// @param field the field that names whom it would be given, for the refusal
    public void checkCeiling(Tx tx, Access access, Call call, Policy.Holders holders,
            String field) {
        for (var held : table.given(tx, holders)) {
            Ceiling.check(access, call, held.role().permissions(), held.place(), field);
        }
    }

    /// The names of the roles that these were given at `place` itself.
    public List<String> namesAt(Tx tx, Policy.Holders holders, Scope place) {
        return table.given(tx, holders).stream().filter(held -> held.place().equals(place))
                .map(held -> held.role().name()).sorted().toList();
    }

    /// Says why a principal may do something, or may not.
    public Explanation explain(Tx tx, Principal principal, Permission permission, Scope place,
            boolean allowed) {
        var all = table.policiesIn(tx, principal.id(), place.organization());
        for (var one : all.entrySet()) {
            var held = one.getValue();
            var gives = held.reaches(place)
                    && permission.isCoveredByAny(held.role().permissions());
            if (gives && allowed && counts(principal, held)) {
                return new Explanation("given by a policy", new Explanation.Via(one.getKey(),
                        held.role().id(), held.role().name(), id(held.place())));
            }
            if (gives && !allowed) {
                return new Explanation(counts(principal, held)
                        ? "the credential does not count there"
                        : "the credential does not count for the role " + held.role().name(),
                        null);
            }
        }
        return new Explanation("no policy gives " + permission.name() + " there", null);
    }

    private static boolean counts(Principal principal, Held held) {
        return principal.roles() == null || principal.roles().contains(held.role().name());
    }

    private static String id(Scope place) {
        return place.resource() != null ? place.resource()
                : place.project() != null ? place.project()
                : place.organization() != null ? place.organization() : "platform";
    }

    /// The places at which a principal holds `permission`, within the limits of its token. For
    /// lists that go across organizations and projects.
    public Reach reach(Tx tx, Principal principal, Permission permission) {
        return switch (principal.kind()) {
            case ANONYMOUS -> Reach.NOWHERE;
            case SYSTEM -> Reach.of(Set.of(Scope.PLATFORM), Scope.PLATFORM);
            case USER, API_KEY, SERVICE_ACCOUNT -> Reach.of(
                    holdings(tx, principal.id())
                            .filter(held -> principal.roles() == null
                                    || principal.roles().contains(held.role().name()))
                            .filter(held -> permission.isCoveredByAny(held.role().permissions()))
                            .map(Held::place).collect(Collectors.toSet()),
                    principal.within());
        };
    }

    /// The names of the roles that somebody holds at `place`, above or below it: what a token for
    /// that place may count for.
    public Set<String> roleNames(Tx tx, String user, Scope place) {
        return holdings(tx, user)
                .filter(held -> held.place().contains(place) || place.contains(held.place()))
                .map(held -> held.role().name()).collect(Collectors.toSet());
    }

    /// The names of the roles that somebody holds at organizations themselves, by organization.
    public Map<String, Set<String>> memberships(Tx tx, String user) {
        return holdings(tx, user)
                .filter(held -> Role.levelOf(held.place()) == Role.Level.ORGANIZATION)
                .collect(Collectors.groupingBy(held -> held.place().requireOrganization(),
                        TreeMap::new,
                        Collectors.mapping(held -> held.role().name(), Collectors.toSet())));
    }

    /// Whether somebody holds anything on the platform itself.
    public boolean isOperator(Tx tx, String user) {
        return holdings(tx, user).anyMatch(held -> held.place().equals(Scope.PLATFORM));
    }

    /// Whether somebody holds `permission` at `place`, by what this transaction sees. Checks of
    /// callers are [orrery.kit.access.Access]'s.
    public boolean isHeld(Tx tx, String user, Permission permission, Scope place) {
        return holdings(tx, user).anyMatch(held -> held.reaches(place)
                && permission.isCoveredByAny(held.role().permissions()));
    }

    /// What somebody is, at a glance.
    ///
    /// @param isOperator as [#isOperator]
    /// @param holds as [#isHeld]
    public record Standing(boolean isOperator, boolean holds) {}

    /// What some people are, at one look.
    ///
    /// @param places where each is looked at: organizations, by person
    public Map<String, Standing> standings(
            Tx tx, Permission permission, Map<String, Scope> places) {
        var all = table.ofAll(tx, places.keySet());
        return places.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, one -> {
            var held = all.getOrDefault(one.getKey(), List.of());
            return new Standing(held.stream().anyMatch(it -> it.place().equals(Scope.PLATFORM)),
                    held.stream().anyMatch(it -> it.place().contains(one.getValue())
                            && permission.isCoveredByAny(it.role().permissions())));
        }));
    }

    /// Refuses a caller who does not hold all that somebody holds: whoever can sign in as a person
    /// has all of that.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable]
    public void checkCovers(Tx tx, Access access, Call call, String user, String field) {
        holdings(tx, user).forEach(held ->
                Ceiling.check(access, call, held.role().permissions(), held.place(), field));
    }

    /// The project of an organization in which somebody was given something first.
    public Optional<String> firstProject(Tx tx, String user, String organization) {
        return table.firstProject(tx, user, organization);
    }

    /// Whether somebody holds all that a role gives at `place`, by what this transaction sees.
    public boolean isAllHeld(Tx tx, String principal, Role role, Scope place) {
        var held = holdings(tx, principal).filter(it -> it.reaches(place))
                .flatMap(it -> it.role().permissions().stream()).collect(Collectors.toSet());
        return role.permissions().stream().flatMap(it -> Permissions.covered(it).stream())
                .allMatch(name -> new Permission(name).isCoveredByAny(held));
    }

    private Stream<Held> holdings(Tx tx, String principal) {
        return table.held(tx, principal).stream();
    }

    static NewEvent event(
            String type, Role role, Policy.Holders holders, Scope place) {
        var subject = switch (holders) {
            case Policy.Holders.User user -> new Subject("user", user.id());
            case Policy.Holders.Members members ->
                new Subject("organization", members.organization());
            case Policy.Holders.Group group -> new Subject("group", group.id());
            case Policy.Holders.ServiceAccount account ->
                new Subject("service-account", account.id());
        };
        return new NewEvent(type, subject, place, Map.of("role", role.key()));
    }

    static String epoch(Scope place) {
        return place.organization() == null ? PLATFORM : place.organization();
    }
}
