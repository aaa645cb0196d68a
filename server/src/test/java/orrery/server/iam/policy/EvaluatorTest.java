package orrery.server.iam.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import orrery.kit.Ids;
import orrery.kit.access.Grant;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Limits;
import orrery.kit.events.Events;
import orrery.kit.events.Signals;
import orrery.kit.test.TestDatabase;
import orrery.server.iam.policy.Policy.Holders;
import orrery.server.iam.role.Role;
import orrery.server.iam.role.Roles;
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
        give(user, Roles.OWNER, ORG);
        assertThat(HERE.holds(user, "compute.*", PROJECT)).isTrue();
        await().atMost(SEEN_WITHIN).until(() -> THERE.holds(user, "compute.*", PROJECT));

        HERE.database.write(HERE.grant, tx ->
                HERE.policies.take(tx, Roles.OWNER, new Holders.User(user), ORG));
        assertThat(HERE.holds(user, "compute.*", PROJECT)).isFalse();
        await().atMost(SEEN_WITHIN).until(() -> !THERE.holds(user, "compute.*", PROJECT));
    }

    @Test
    void whatDoesNotCommitIsNeverSeen() {
        try {
            HERE.database.write(HERE.grant, tx -> {
                HERE.policies.give(tx, Roles.SUPER_ADMIN, new Holders.User("usr_rolled"),
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
        give("usr_own", Roles.OWNER, ORG);
        assertThat(HERE.holds("usr_own", "compute.*", Scope.organization("org_2"))).isFalse();
        assertThat(HERE.holds("usr_own", "compute.*", Scope.PLATFORM)).isFalse();
    }

    @Test
    void anOperatorHoldsEveryPlace() {
        give("usr_op", Roles.SUPER_ADMIN, Scope.PLATFORM);
        assertThat(HERE.holds("usr_op", "*", Scope.organization("org_2"))).isTrue();
        assertThat(HERE.holds("usr_op", "*", PROJECT)).isTrue();
    }

    @Test
    void aTokenCapsWhatItsUserHolds() {
        give("usr_cap", Roles.OWNER, ORG);
        give("usr_cap", Roles.VIEWER, PROJECT);
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
        give("usr_mem", Roles.MEMBER, ORG);
        HERE.database.write(HERE.grant, tx ->
                HERE.policies.give(tx, Roles.VIEWER, new Holders.Members("org_1"), PROJECT));
        assertThat(HERE.holds("usr_mem", "compute.clusters.get", PROJECT)).isTrue();
        assertThat(HERE.holds("usr_stranger", "compute.clusters.get", PROJECT)).isFalse();
        HERE.database.write(HERE.grant, tx ->
                HERE.policies.take(tx, Roles.VIEWER, new Holders.Members("org_1"), PROJECT));
        assertThat(HERE.holds("usr_mem", "compute.clusters.get", PROJECT)).isFalse();
    }

    private static void give(String user, Role role, Scope place) {
        HERE.database.write(HERE.grant, tx ->
                HERE.policies.give(tx, role, new Holders.User(user), place));
    }

    private static Principal principal(
            String user, Scope within, @Nullable Set<String> roles) {
        return new Principal(Principal.Kind.USER, user, null, within, roles);
    }
}
