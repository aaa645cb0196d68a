package orrery.server.iam.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import orrery.kit.Ids;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Limits;
import orrery.kit.events.Events;
import orrery.kit.events.Signals;
import orrery.kit.test.TestDatabase;
import orrery.server.iam.policy.Policy.Holders;
import orrery.server.iam.role.Role;
import orrery.server.iam.role.Predefined;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Two server processes on one database: what one changes, both see.
class EvaluatorTest {
    @AutoClose static final TestDatabase DB = TestDatabase.create("server");
    @AutoClose static final Process HERE = new Process();
    @AutoClose static final Process THERE = new Process();

    private static final Scope ORG = Scope.organization("org_1");
    private static final Scope PROJECT = Scope.project("org_1", "prj_1");
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(5);

    /// What a server process has of its own.
    private static final class Process implements AutoCloseable {
        private final Clock clock = Clock.systemUTC();
        private final Grant grant = TestDatabase.ACCESS.system("test");
        private final Database database =
                Database.open(DB.address(), Limits.DEFAULT, "server");
        private final Signals signals = Signals.start(DB.address(), database, grant);
        private final Ids ids = new Ids(new SecureRandom());
        private final Policies policies = new Policies(
                signals.epochs(), new Events(database, signals, ids), ids, clock);
        private final Evaluator evaluator = new Evaluator(database, signals.epochs(), clock);

        boolean holds(String user, String permission, Scope scope) {
            return evaluator.held(principal(user, Scope.PLATFORM, null), scope)
                    .contains(permission);
        }

        @Override
        public void close() {
            signals.close();
            database.close();
        }
    }

    @BeforeAll
    static void makePlaces() {
        HERE.database.write(HERE.grant, tx -> tx.handle().execute("""
                insert into organization (id, name, display_name, owner_id, created_at, updated_at)
                select 'org_' || n, 'org-' || n, 'Org', 'usr_1', now(), now()
                from generate_series(1, 2) as n;
                insert into project (id, organization_id, name, display_name, visibility,
                                     created_at, updated_at)
                values ('prj_1', 'org_1', 'p', 'P', 'private', now(), now());
                insert into iam_user (id, username, email, name, home_organization_id,
                                      home_project_id, created_at, updated_at)
                values ('usr_1', 'one', 'one@example.com', 'One', 'org_1', 'prj_1', now(), now())
                """));
    }

    @Test
    void aRoleIsSeenHereAtOnceAndThereWithinASecond() {
        var user = "usr_seen";
        assertThat(THERE.holds(user, "compute.*", PROJECT)).isFalse();
        give(user, Predefined.OWNER, ORG);
        assertThat(HERE.holds(user, "compute.*", PROJECT)).isTrue();
        await().atMost(SEEN_WITHIN).until(() -> THERE.holds(user, "compute.*", PROJECT));

        HERE.database.write(HERE.grant, tx ->
                HERE.policies.take(tx, Predefined.OWNER, new Holders.User(user), ORG));
        assertThat(HERE.holds(user, "compute.*", PROJECT)).isFalse();
        await().atMost(SEEN_WITHIN).until(() -> !THERE.holds(user, "compute.*", PROJECT));
    }

    @Test
    void whatDoesNotCommitIsNeverSeen() {
        try {
            HERE.database.write(HERE.grant, tx -> {
                HERE.policies.give(tx, Predefined.SUPER_ADMIN, new Holders.User("usr_rolled"),
                        Scope.PLATFORM);
                throw new IllegalStateException("back");
            });
        } catch (IllegalStateException expected) {
            assertThat(expected).hasMessage("back");
        }
        assertThat(HERE.holds("usr_rolled", "*", Scope.PLATFORM)).isFalse();
    }

    @Test
    void aRoleReachesNoOtherOrganization() {
        give("usr_own", Predefined.OWNER, ORG);
        assertThat(HERE.holds("usr_own", "compute.*", Scope.organization("org_2"))).isFalse();
        assertThat(HERE.holds("usr_own", "compute.*", Scope.PLATFORM)).isFalse();
    }

    @Test
    void anOperatorHoldsEveryPlace() {
        give("usr_op", Predefined.SUPER_ADMIN, Scope.PLATFORM);
        assertThat(HERE.holds("usr_op", "*", Scope.organization("org_2"))).isTrue();
        assertThat(HERE.holds("usr_op", "*", PROJECT)).isTrue();
    }

    @Test
    void aTokenCapsWhatItsUserHolds() {
        give("usr_cap", Predefined.OWNER, ORG);
        give("usr_cap", Predefined.VIEWER, PROJECT);
        var viewer = principal("usr_cap", ORG, Set.of("viewer"));
        assertThat(HERE.evaluator.held(viewer, PROJECT))
                .contains("compute.clusters.get").doesNotContain("compute.*");
        assertThat(HERE.evaluator.held(viewer, ORG)).isEmpty();
        var elsewhere = principal("usr_cap", Scope.project("org_1", "prj_2"), null);
        assertThat(HERE.evaluator.held(elsewhere, PROJECT)).isEmpty();
        assertThat(HERE.evaluator.held(elsewhere, ORG)).isEmpty();
    }

    @Test
    void membersShareWhatTheirOrganizationWasGiven() {
        give("usr_mem", Predefined.MEMBER, ORG);
        HERE.database.write(HERE.grant, tx ->
                HERE.policies.give(tx, Predefined.VIEWER, new Holders.Members("org_1"), PROJECT));
        assertThat(HERE.holds("usr_mem", "compute.clusters.get", PROJECT)).isTrue();
        assertThat(HERE.holds("usr_stranger", "compute.clusters.get", PROJECT)).isFalse();
        HERE.database.write(HERE.grant, tx ->
                HERE.policies.take(tx, Predefined.VIEWER, new Holders.Members("org_1"), PROJECT));
        assertThat(HERE.holds("usr_mem", "compute.clusters.get", PROJECT)).isFalse();
    }

    @Test
    void aGroupSharesWhatItWasGivenWithWhoIsInIt() {
        join("usr_grp");
        run("""
                insert into iam_group (id, organization_id, name, display_name, created_at,
                                       updated_at)
                values ('grp_1', 'org_1', 'g', 'G', now(), now());
                insert into group_member (id, group_id, organization_id, user_id, added_by,
                                          created_at)
                values ('mbr_1', 'grp_1', 'org_1', 'usr_grp', 'usr_1', now())
                """);
        HERE.database.write(HERE.grant, tx ->
                HERE.policies.give(tx, Predefined.VIEWER, new Holders.Group("grp_1"), PROJECT));
        assertThat(HERE.holds("usr_grp", "compute.clusters.get", PROJECT)).isTrue();
        assertThat(HERE.holds("usr_grp", "compute.clusters.get", ORG)).isFalse();
    }

    @Test
    void aRoleOfItsOwnCountsInItsOrganizationAndBelow() {
        join("usr_custom");
        run("""
                insert into iam_role (id, organization_id, name, display_name, permissions,
                                      created_at, updated_at)
                values ('rol_1', 'org_1', 'deployer', 'D',
                        array['compute.clusters.*', 'gone.with.release'], now(), now())
                """);
        var role = Role.custom("rol_1", "deployer", "D", Set.of("compute.clusters.*"));
        give("usr_custom", role, ORG);
        assertThat(HERE.evaluator.held(principal("usr_custom", ORG, null), PROJECT))
                .containsExactly("compute.clusters.*");
        assertThat(HERE.evaluator.held(principal("usr_custom", ORG, Set.of("other")), PROJECT))
                .isEmpty();
    }

    @Test
    void aRoleOnOneResourceCountsThereAlone() {
        join("usr_res");
        give("usr_res", Predefined.VIEWER, PROJECT.resource("cls_1"));
        assertThat(HERE.holds("usr_res", "compute.clusters.get", PROJECT)).isFalse();
        assertThat(HERE.holds("usr_res", "compute.clusters.get", PROJECT.resource("cls_1")))
                .isTrue();
        assertThat(HERE.holds("usr_res", "compute.clusters.get", PROJECT.resource("cls_2")))
                .isFalse();
        Reach listed = HERE.database.read(HERE.grant, tx -> HERE.policies.reach(tx,
                principal("usr_res", Scope.PLATFORM, null),
                new Permission("compute.clusters.get")));
        assertThat(listed).as("lists show it none of the others").isEqualTo(Reach.NOWHERE);
    }

    @Test
    void aServiceAccountHoldsWhatItWasGivenAndBelongsNowhere() {
        HERE.database.write(HERE.grant, tx -> HERE.policies.give(
                tx, Predefined.PROJECT_MEMBER, new Holders.ServiceAccount("sa_1"), PROJECT));
        var account = new Principal(
                Principal.Kind.SERVICE_ACCOUNT, "sa_1", null, PROJECT, null);
        assertThat(HERE.evaluator.held(account, PROJECT)).contains("compute.*");
        assertThat(HERE.evaluator.held(account, ORG)).isEmpty();
    }

    @Test
    void whatAPersonHoldsCountsOnlyWhileItBelongsThere() {
        give("usr_left", Predefined.OWNER, ORG);
        run("update member set state = 'suspended' where user_id = 'usr_left'");
        HERE.database.write(HERE.grant, tx -> HERE.signals.epochs().raise(tx, "org_1"));
        assertThat(HERE.holds("usr_left", "compute.*", PROJECT)).isFalse();
    }

    private static void give(String user, Role role, Scope place) {
        if (place.organization() != null) {
            join(user);
        }
        HERE.database.write(HERE.grant, tx ->
                HERE.policies.give(tx, role, new Holders.User(user), place));
    }

    /// Makes somebody belong to the first organization.
    private static void join(String user) {
        run("""
                insert into iam_user (id, username, email, name, home_organization_id,
                                      home_project_id, created_at, updated_at)
                values ('%1$s', '%1$s', '%1$s', '', 'org_1', 'prj_1', now(), now())
                on conflict do nothing;
                insert into member (organization_id, user_id, created_at, updated_at)
                values ('org_1', '%1$s', now(), now())
                on conflict do nothing""".formatted(user));
    }

    private static void run(String sql) {
        HERE.database.write(HERE.grant, tx -> tx.handle().execute(sql));
    }

    private static Principal principal(
            String user, Scope within, @Nullable Set<String> roles) {
        return new Principal(Principal.Kind.USER, user, null, within, roles);
    }
}
