package orrery.server.iam.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.server.iam.group.Group;
import orrery.server.iam.policy.NaiveRights.Belonging;
import orrery.server.iam.policy.NaiveRights.Given;
import orrery.server.iam.policy.NaiveRights.Grouped;
import orrery.server.iam.policy.NaiveRights.Sort;
import orrery.server.iam.role.CustomRole;
import orrery.server.iam.role.Permissions;
import orrery.server.iam.role.Predefined;
import orrery.server.iam.role.Role;
import orrery.server.iam.serviceaccount.ServiceAccount;
import orrery.server.iam.user.Member;
import orrery.server.iam.user.User;
import orrery.server.tenancy.organization.Organization;
import orrery.server.tenancy.project.Project;

/// Two organizations of two projects each, six people, groups, service accounts, roles; changed by
/// the server's use cases, and beside them in a [NaiveRights] of the same content.
final class RightsWorld {
    /// What may be changed.
    enum Kind {
        BIND, BIND_GROUP, BIND_ACCOUNT, UNBIND, JOIN_GROUP, LEAVE_GROUP, MAKE_ROLE, CHANGE_ROLE,
        DELETE_ROLE, ADD_MEMBER, REMOVE_MEMBER, SUSPEND_MEMBER, RESTORE_MEMBER, CHANGE_ROLES,
        SUSPEND_ORGANIZATION, RESTORE_ORGANIZATION, SHOW_PROJECT, HIDE_PROJECT, CHANGE_ACCOUNT,
        DELETE_ACCOUNT, TRANSFER
    }

    /// One change; the numbers choose out of what there is.
    ///
    /// @param who asks for it
    record Step(Kind kind, int who, int where, int whom, int what) {}

    private static final List<Set<String>> WISHES = List.of(
            Set.of("compute.*"), Set.of("compute.clusters.get", "org.projects.get"),
            Set.of("org.*"), Set.of("iam.policies.*", "workspace.*"), Set.of("*"),
            Set.of("iam.groups.members.create"), Set.of("org.members.update", "org.quotas.get"));

    private final RightsServer server;
    final NaiveRights naive = new NaiveRights();
    final List<String> people = new ArrayList<>();
    final List<String> organizations = new ArrayList<>();
    final List<Scope> places = new ArrayList<>(List.of(Scope.PLATFORM));
    final Map<String, Scope> accounts = new HashMap<>();
    private final List<String> accountIds = new ArrayList<>();
    private final List<String> groups = new ArrayList<>();
    private final List<String> custom = new ArrayList<>();
    private final Map<String, String> homes = new HashMap<>();
    private final Map<String, String> owners = new HashMap<>();
    private final Set<Kind> done = new HashSet<>();

    RightsWorld(RightsServer server) {
        this.server = server;
        for (var role : Predefined.all()) {
            naive.roles.put(role.key(), new Sort(role.name(),
                    role.level() == Role.Level.ORGANIZATION, role.permissions()));
        }
        for (int i = 0; i < 6; i++) {
            people.add(server.ids.next("usr"));
        }
        server.database.write(server.system, tx -> {
            for (int i = 0; i < 2; i++) {
                var owner = people.get(i + 1);
                var organization = server.organizations.create(tx,
                        new Organization.New(null, null, null), owner).id();
                organizations.add(organization);
                belong(organization, owner);
                give("user", owner, Predefined.OWNER.key(), Scope.organization(organization));
                owners.put(organization, owner);
                places.add(Scope.organization(organization));
                for (int n = 0; n < 2; n++) {
                    var project = server.projects.create(tx, organization, new Project.New(
                            null, null, null, Project.Visibility.PRIVATE)).scope();
                    places.add(project);
                    places.add(project.resource("cls_" + i + n));
                }
            }
            for (var person : people) {
                server.users.create(tx, person, person + "@example.com", person, places.get(2));
            }
            server.policies.give(tx, Predefined.SUPER_ADMIN,
                    new Policy.Holders.User(people.getFirst()), Scope.PLATFORM);
            give("user", people.getFirst(), Predefined.SUPER_ADMIN.key(), Scope.PLATFORM);
        });
        populate();
    }

    private void populate() {
        var operator = server.call(RightsServer.person(people.getFirst()));
        for (var organization : organizations) {
            var there = Scope.organization(organization);
            var grant = server.access.require(
                    operator, new Permission("iam.groups.create"), there);
            for (int n = 0; n < 2; n++) {
                keep(groups, server.groups.create(
                        grant, new Group.New(null, "G", null)).id(), organization);
            }
            for (var place : List.of(there, places.stream().filter(it -> it.project() != null
                    && organization.equals(it.organization())).findFirst().orElseThrow())) {
                var account = server.accounts.create(server.access.require(operator,
                                new Permission("iam.serviceaccounts.create"), place),
                        new ServiceAccount.New(null, "S", null, Set.of())).id();
                keep(accountIds, account, organization);
                accounts.put(account, place);
            }
        }
        for (int i = 3; i < 6; i++) {
            change(new Step(Kind.ADD_MEMBER, 0, i % 2, i, 0));
        }
        giveToGroups();
    }

    /// The first group of an organization looks into a project, the second holds a role of the
    /// organization's own: so that who joins or leaves one, or changes the role, is noticed.
    private void giveToGroups() {
        for (int i = 0; i < organizations.size(); i++) {
            change(new Step(Kind.MAKE_ROLE, 0, i, 0, 1));
            var role = custom.get(i);
            var place = Scope.organization(organizations.get(i));
            var project = accounts.get(accountIds.get(2 * i + 1));
            var first = groups.get(2 * i);
            var second = groups.get(2 * i + 1);
            server.database.write(server.system, tx -> {
                server.policies.give(tx, Predefined.VIEWER, new Policy.Holders.Group(first),
                        project);
                server.policies.give(tx, server.roles.at(tx, place, role).orElseThrow(),
                        new Policy.Holders.Group(second), place);
            });
            give("group", first, Predefined.VIEWER.key(), project);
            give("group", second, role, place);
        }
        // One that nobody holds: it can be deleted.
        change(new Step(Kind.MAKE_ROLE, 0, 0, 0, 0));
    }

    private void keep(List<String> list, String id, String organization) {
        list.add(id);
        homes.put(id, organization);
    }

    /// Which kinds of change a use case has taken.
    Set<Kind> done() {
        return done;
    }

    /// Asks for a change. What the use case refuses changes nothing; what it takes is changed in
    /// the naive model too.
    void change(Step step) {
        var taken = switch (step.kind()) {
            case BIND -> bind(step, "user", pick(people, step.whom()));
            case BIND_GROUP -> bind(step, "group", pick(groups, step.whom()));
            case BIND_ACCOUNT -> bind(step, "service_account", pick(accountIds, step.whom()));
            case UNBIND -> unbind(step);
            case JOIN_GROUP, LEAVE_GROUP -> regroup(step);
            case MAKE_ROLE, CHANGE_ROLE, DELETE_ROLE -> changeRole(step);
            case ADD_MEMBER -> addMember(step);
            case REMOVE_MEMBER -> removeMember(step);
            case SUSPEND_MEMBER, RESTORE_MEMBER -> settleMember(step);
            case CHANGE_ROLES -> changeRoles(step);
            case SUSPEND_ORGANIZATION, RESTORE_ORGANIZATION -> settleOrganization(step);
            case SHOW_PROJECT, HIDE_PROJECT -> showProject(step);
            case CHANGE_ACCOUNT, DELETE_ACCOUNT -> changeAccount(step);
            case TRANSFER -> transfer(step);
        };
        if (taken) {
            done.add(step.kind());
        }
        for (var organization : organizations) {
            assertThat(naive.given).as("somebody owns it").anyMatch(it ->
                    it.role().equals(Predefined.OWNER.key())
                            && it.place().equals(Scope.organization(organization))
                            && naive.active.get(new Belonging(organization, it.holder())));
        }
    }

    private boolean bind(Step step, String kind, String holder) {
        var place = pick(places, step.where());
        var roles = new ArrayList<>(Predefined.all().stream().map(Role::key).toList());
        roles.addAll(custom);
        var role = pick(roles, step.what());
        var id = Predefined.byKey(role).map(Role::id).orElse(role);
        return take(step, "iam.policies.create", place, Set.of(new Given("", "", role, place)),
                grant -> server.bindings.create(grant, id, Policy.Holders.of(kind, holder)),
                () -> give(kind, holder, role, place));
    }

    private boolean unbind(Step step) {
        var it = pick(naive.given, step.what());
        var id = server.database.read(server.system, tx -> tx.handle().createQuery("""
                select id from policy
                where principal_kind = :kind and principal_id = :holder and role = :role
                  and organization_id is not distinct from :organization
                  and project_id is not distinct from :project
                  and resource_id is not distinct from :resource""")
                .bind("kind", it.kind()).bind("holder", it.holder()).bind("role", it.role())
                .bind("organization", it.place().organization())
                .bind("project", it.place().project()).bind("resource", it.place().resource())
                .mapTo(String.class).one());
        return take(step, "iam.policies.delete", it.place(), Set.of(),
                grant -> server.bindings.delete(grant, id), () -> naive.given.remove(it));
    }

    private boolean regroup(Step step) {
        var group = pick(groups, step.where());
        var member = new Belonging(homes.get(group), pick(people, step.whom()));
        var there = Scope.organization(member.organization());
        return step.kind() == Kind.JOIN_GROUP
                ? take(step, "iam.groups.members.create", there, given("group", group),
                        grant -> server.groups.add(grant, group, member.user()),
                        () -> naive.grouped.add(new Grouped(group, member)))
                : take(step, "iam.groups.members.delete", there, Set.of(),
                        grant -> server.groups.remove(grant, group, member.user()),
                        () -> naive.grouped.remove(new Grouped(group, member)));
    }

    private boolean changeRole(Step step) {
        var wish = pick(WISHES, step.what());
        if (step.kind() == Kind.MAKE_ROLE) {
            var organization = pick(organizations, step.where());
            var made = new ArrayList<String>();
            return take(step, "iam.roles.create", Scope.organization(organization), wish,
                    grant -> made.add(server.roles.create(grant,
                            new CustomRole.New(null, "R", null, wish)).id()), () -> {
                        keep(custom, made.getFirst(), organization);
                        naive.roles.put(made.getFirst(),
                                new Sort(name(made.getFirst()), false, wish));
                    });
        }
        if (custom.isEmpty()) {
            return false;
        }
        var role = pick(custom, step.where());
        var there = Scope.organization(homes.get(role));
        if (step.kind() == Kind.DELETE_ROLE) {
            return take(step, "iam.roles.delete", there, Set.of(),
                    grant -> server.roles.delete(grant, role, OptionalLong.empty()), () -> {
                        custom.remove(role);
                        assertThat(naive.given).noneMatch(it -> it.role().equals(role));
                    });
        }
        var added = new HashSet<>(wish);
        added.removeAll(naive.roles.get(role).permissions());
        return take(step, "iam.roles.update", there, added,
                grant -> server.roles.change(grant, role,
                        old -> new CustomRole.Change("R", null, wish), OptionalLong.empty()),
                () -> naive.roles.put(role, new Sort(name(role), false, wish)));
    }

    private boolean addMember(Step step) {
        var organization = pick(organizations, step.where());
        var person = pick(people, step.whom());
        server.database.write(server.system,
                tx -> server.members.add(tx, organization, person, Predefined.MEMBER));
        belong(organization, person);
        give("user", person, Predefined.MEMBER.key(), Scope.organization(organization));
        return true;
    }

    private boolean removeMember(Step step) {
        var left = new Belonging(pick(organizations, step.where()), pick(people, step.whom()));
        return take(step, "org.members.delete", Scope.organization(left.organization()), Set.of(),
                grant -> server.members.remove(grant, left.user(), OptionalLong.empty()), () -> {
                    naive.active.remove(left);
                    naive.grouped.removeIf(it -> it.who().equals(left));
                    naive.given.removeIf(it -> it.holder().equals(left.user())
                            && left.organization().equals(it.place().organization()));
                });
    }

    private boolean settleMember(Step step) {
        var whose = new Belonging(pick(organizations, step.where()), pick(people, step.whom()));
        var active = step.kind() == Kind.RESTORE_MEMBER;
        return take(step, "org.members.update", Scope.organization(whose.organization()),
                Set.of(), grant -> server.members.change(grant, whose.user(),
                        old -> new Member.Change(old.displayName(), Set.copyOf(old.roles()),
                                active ? User.State.ACTIVE : User.State.SUSPENDED),
                        OptionalLong.empty()),
                () -> naive.active.put(whose, active));
    }

    private boolean changeRoles(Step step) {
        var whose = new Belonging(pick(organizations, step.where()), pick(people, step.whom()));
        var there = Scope.organization(whose.organization());
        var names = new HashSet<>(Set.of(pick(List.of("owner", "admin", "member"), step.what())));
        var all = new ArrayList<>(List.of(Predefined.OWNER.key(), Predefined.ADMIN.key(),
                Predefined.MEMBER.key()));
        custom.stream().filter(it -> homes.get(it).equals(whose.organization())).forEach(it -> {
            all.add(it);
            if (step.what() % 3 == 0) {
                names.add(name(it));
            }
        });
        var wanted = all.stream().filter(it -> names.contains(naive.roles.get(it).name()))
                .map(it -> new Given("user", whose.user(), it, there)).toList();
        var added = new HashSet<>(wanted);
        added.removeAll(naive.given);
        return take(step, "org.members.update", there, added,
                grant -> server.members.change(grant, whose.user(),
                        old -> new Member.Change(old.displayName(), names, old.status()),
                        OptionalLong.empty()), () -> {
                    naive.given.removeIf(it -> it.kind().equals("user")
                            && it.holder().equals(whose.user()) && it.place().equals(there));
                    naive.given.addAll(wanted);
                });
    }

    private boolean settleOrganization(Step step) {
        var organization = pick(organizations, step.where());
        var suspend = step.kind() == Kind.SUSPEND_ORGANIZATION;
        return take(step, "org.organizations.update", Scope.organization(organization), Set.of(),
                grant -> server.organizations.change(grant, old -> new Organization.Change(
                        old.displayName(), null, null, old.settings(),
                        suspend ? Organization.State.SUSPENDED : Organization.State.ACTIVE),
                        OptionalLong.empty()), () -> {
                    if (suspend) {
                        naive.suspended.add(organization);
                    } else {
                        naive.suspended.remove(organization);
                    }
                });
    }

    private boolean showProject(Step step) {
        var projects = places.stream()
                .filter(it -> it.project() != null && it.resource() == null).toList();
        var project = pick(projects, step.where());
        var shown = step.kind() == Kind.SHOW_PROJECT;
        var seen = new Given("members", project.requireOrganization(), Predefined.VIEWER.key(),
                project);
        return take(step, "org.projects.update", project, Set.of(),
                grant -> server.projects.change(grant, new Project.Change("P", null,
                        shown ? Project.Visibility.ORG : Project.Visibility.PRIVATE),
                        OptionalLong.empty()), () -> {
                    naive.given.remove(seen);
                    if (shown) {
                        naive.given.add(seen);
                    }
                });
    }

    private boolean changeAccount(Step step) {
        var account = pick(accountIds, step.where());
        var place = accounts.get(account);
        if (step.kind() == Kind.DELETE_ACCOUNT) {
            return take(step, "iam.serviceaccounts.delete", place, Set.of(),
                    grant -> server.accounts.delete(grant, account, OptionalLong.empty()),
                    () -> naive.given.removeIf(it -> it.holder().equals(account)));
        }
        var role = place.project() == null ? Predefined.ADMIN
                : pick(List.of(Predefined.VIEWER, Predefined.PROJECT_ADMIN), step.what());
        var wanted = new Given("service_account", account, role.key(), place);
        return take(step, "iam.serviceaccounts.update", place,
                naive.given.contains(wanted) ? Set.of() : Set.of(wanted),
                grant -> server.accounts.change(grant, account, old -> new ServiceAccount.Change(
                        "S", null, Set.of(role.name()), ServiceAccount.State.ACTIVE),
                        OptionalLong.empty()), () -> {
                    naive.given.removeIf(it -> it.holder().equals(account)
                            && it.place().equals(place));
                    naive.given.add(wanted);
                });
    }

    private boolean transfer(Step step) {
        var organization = pick(organizations, step.where());
        var there = Scope.organization(organization);
        var heir = pick(people, step.whom());
        return take(step, "org.ownership.update", there, Set.of(),
                grant -> server.organizations.transfer(grant, heir, OptionalLong.empty()), () -> {
                    var former = owners.put(organization, heir);
                    if (!heir.equals(former)) {
                        give("user", heir, Predefined.OWNER.key(), there);
                        if (naive.given.remove(new Given(
                                "user", former, Predefined.OWNER.key(), there))) {
                            give("user", former, Predefined.ADMIN.key(), there);
                        }
                    }
                });
    }

    /// @param gives what the use case must not do for who does not hold it there: permissions at
    ///     `place`, or [Given]s
    private boolean take(Step step, String permission, Scope place, Set<?> gives,
            Consumer<Grant> change, Runnable same) {
        var caller = RightsServer.person(pick(people, step.who()));
        var may = naive.allows(caller, permission, place);
        var beyond = gives.stream().anyMatch(it -> it instanceof Given some
                ? !holdsAll(caller, naive.roles.get(some.role()).permissions(), some.place())
                : !holdsAll(caller, Set.of((String) it), place));
        Grant grant;
        try {
            grant = server.access.require(
                    server.call(caller), new Permission(permission), place);
        } catch (Problem.Failure refused) {
            assertThat(may).as("%s is kept from %s", step, permission).isFalse();
            return false;
        }
        assertThat(may).as("%s is let do %s", step, permission).isTrue();
        try {
            change.accept(grant);
        } catch (Problem.Failure refused) {
            return false;
        }
        assertThat(beyond).as("%s gives what the giver does not hold", step).isFalse();
        same.run();
        return true;
    }

    private boolean holdsAll(Principal caller, Set<String> patterns, Scope place) {
        return patterns.stream().flatMap(it -> Permissions.covered(it).stream())
                .allMatch(name -> naive.allows(caller, name, place));
    }

    private Set<Given> given(String kind, String holder) {
        var all = new HashSet<>(naive.given);
        all.removeIf(it -> !it.kind().equals(kind) || !it.holder().equals(holder));
        return all;
    }

    private void give(String kind, String holder, String role, Scope place) {
        var it = new Given(kind, holder, role, place);
        if (!naive.given.contains(it)) {
            naive.given.add(it);
        }
    }

    private void belong(String organization, String person) {
        naive.active.putIfAbsent(new Belonging(organization, person), true);
    }

    private String name(String role) {
        return server.database.read(server.system, tx -> tx.handle()
                .createQuery("select name from iam_role where id = :id").bind("id", role)
                .mapTo(String.class).one());
    }

    private static <T> T pick(List<T> list, int number) {
        return list.get(Math.floorMod(number, list.size()));
    }
}
