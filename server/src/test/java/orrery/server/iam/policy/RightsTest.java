package orrery.server.iam.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import orrery.kit.access.Permission;
import orrery.kit.access.Principal;
import orrery.kit.test.TestDatabase;
import orrery.server.iam.policy.NaiveRights.Given;
import orrery.server.iam.policy.RightsWorld.Kind;
import orrery.server.iam.policy.RightsWorld.Step;

/// Whatever the use cases do in whatever order, the evaluator answers as the rule does that one
/// would say in a few sentences: through the tables, its memory, and in another server process.
class RightsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> PERMISSIONS = List.of(
            "org.organizations.get", "org.projects.get", "org.projects.update",
            "org.members.update", "org.quotas.get", "iam.policies.create",
            "iam.groups.members.create", "compute.clusters.get", "compute.clusters.create",
            "workspace.workspaces.connect", "billing.plan.update", "iam.users.impersonate");

    /// What lists over many places ask for. Roles that do not reach into projects have none.
    private static final List<String> LISTED = List.of("org.projects.get", "compute.clusters.get");

    private static TestDatabase db;
    private static RightsServer here;
    private static RightsServer there;

    @BeforeContainer
    static void open() {
        db = TestDatabase.create("server");
        var key = Path.of("target", "rights-" + ProcessHandle.current().pid(), "key")
                .toAbsolutePath();
        here = new RightsServer(db.address(), key);
        there = new RightsServer(db.address(), key);
    }

    @AfterContainer
    static void close() {
        here.close();
        there.close();
        db.close();
    }

    @Property(tries = 15)
    void theEvaluatorAnswersAsTheRuleDoes(@ForAll("steps") List<Step> steps) {
        var world = new RightsWorld(here);
        compare(world, here, "at the start");
        for (var step : steps) {
            world.change(step);
            compare(world, here, "after " + step);
        }
        listsReachAsFar(world);
        explanationsNameWhatGives(world);
        await().atMost(PATIENCE).untilAsserted(() -> compare(world, there, "elsewhere"));
    }

    /// Every kind of change is taken by its use case: else nothing was compared.
    @Property(tries = 1)
    void everyKindOfChangeCanBeMade() {
        var world = new RightsWorld(here);
        for (var kind : Kind.values()) {
            for (int i = 0; i < 60 && !world.done().contains(kind); i++) {
                world.change(new Step(kind, i % 2, i / 2, i / 3, i + 3));
            }
            compare(world, here, "after " + kind);
        }
        assertThat(world.done()).containsExactlyInAnyOrder(Kind.values());
    }

    private static void compare(RightsWorld world, RightsServer server, String when) {
        for (var who : principals(world)) {
            var call = server.call(who);
            for (var place : world.places) {
                for (var permission : PERMISSIONS) {
                    var allowed = server.access.allows(call, new Permission(permission), place);
                    assertThat(allowed).as("%s: %s, %s in %s", when, who, permission, place)
                            .isEqualTo(world.naive.allows(who, permission, place));
                }
            }
        }
    }

    /// Everybody as they are, and with tokens that count for less.
    private static List<Principal> principals(RightsWorld world) {
        var all = new ArrayList<Principal>();
        world.people.forEach(id -> all.add(RightsServer.person(id)));
        for (int i = 0; i < 4; i++) {
            all.add(new Principal(Principal.Kind.API_KEY, world.people.get(i), "key_1",
                    world.places.get(i + 1), i % 2 == 0 ? null : Set.of("viewer", "member")));
        }
        world.accounts.forEach((id, place) -> all.add(
                new Principal(Principal.Kind.SERVICE_ACCOUNT, id, "crd_1", place, null)));
        return all;
    }

    private static void listsReachAsFar(RightsWorld world) {
        for (var who : principals(world)) {
            for (var permission : LISTED) {
                var reach = here.database.read(here.system, tx ->
                        here.policies.reach(tx, who, new Permission(permission)));
                for (var place : world.places) {
                    if (place.organization() != null && place.resource() == null) {
                        assertThat(reach.everywhere()
                                || reach.organizations().contains(place.organization())
                                || reach.projects().contains(String.valueOf(place.project())))
                                .as("%s lists %s in %s", who, permission, place)
                                .isEqualTo(world.naive.allows(who, permission, place));
                    }
                }
            }
        }
    }

    private static void explanationsNameWhatGives(RightsWorld world) {
        for (var who : principals(world)) {
            for (var place : world.places) {
                var allowed = world.naive.allows(who, "org.quotas.get", place);
                var via = here.database.read(here.system, tx -> here.policies.explain(
                        tx, who, new Permission("org.quotas.get"), place, allowed)).via();
                assertThat(via != null).as("%s in %s", who, place).isEqualTo(allowed);
                if (via != null) {
                    assertThat(alone(world, via, who)).as("%s by %s in %s", who, via, place)
                            .anyMatch(one -> one.allows(who, "org.quotas.get", place));
                }
            }
        }
    }

    /// The worlds in which nothing is given but what the explanation names.
    private static List<NaiveRights> alone(
            RightsWorld world, Explanation.Via via, Principal who) {
        return world.naive.given.stream()
                .filter(it -> world.naive.roles.get(it.role()).name().equals(via.role())
                        && id(it).equals(via.scope()))
                .map(it -> {
                    var one = new NaiveRights();
                    one.given.add(it);
                    one.grouped.addAll(world.naive.grouped);
                    one.active.putAll(world.naive.active);
                    one.suspended.addAll(world.naive.suspended);
                    one.roles.putAll(world.naive.roles);
                    return one;
                }).toList();
    }

    private static String id(Given it) {
        var place = it.place();
        return place.resource() != null ? place.resource()
                : place.project() != null ? place.project()
                : place.organization() != null ? place.organization() : "platform";
    }

    /// Mostly by who may: the operator and the owners.
    @Provide
    Arbitrary<List<Step>> steps() {
        var numbers = Arbitraries.integers().between(0, 59);
        return Combinators.combine(Arbitraries.of(Kind.class),
                Arbitraries.of(0, 0, 1, 1, 2, 2, 3, 4, 5), numbers, numbers, numbers)
                .as(Step::new).list().ofMinSize(5).ofMaxSize(25);
    }
}
