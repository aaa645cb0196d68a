package orrery.server.compute.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Tx;
import orrery.kit.kube.Kind;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.compute.cluster.SimulatedWorld;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// A kubeconfig counts as revoked when the cluster has forgotten it, and not before. What is over
/// does not stay in the list for ever.
class RevocationTest {
    private static final Grant GRANT = SimulatedWorld.GRANT;
    private static final String REGION = "sim1";

    @AutoClose
    static final SimulatedWorld WORLD = new SimulatedWorld();

    @Test
    void saysSoWhenItFailsAndBeginsAnewWhenAskedAgain() {
        var broken = new AtomicBoolean();
        try (var process = TestProcess.faulty(WORLD.test.address(), TestProcess.LIMITS,
                (input, step, moment) -> {
                    if (broken.get()) {
                        throw new Problem.Refused("step " + step, "it fails, for a test").raise();
                    }
                })) {
            var kubeconfigs = start(process);
            var id = issued(process, kubeconfigs);

            broken.set(true);
            assertThat(refusal(process, kubeconfigs, id)).contains("it fails, for a test");
            assertThat(hasAccount(id)).isTrue();
            assertThat(kubeconfigs.byId(GRANT, id).state())
                    .isEqualTo(Kubeconfig.State.REVOKING);

            broken.set(false);
            var again = revoke(kubeconfigs, id);
            if (again.waiting() != null) {
                process.await(GRANT, again.waiting().id());
            }
            assertThat(hasAccount(id)).isFalse();
            assertThat(kubeconfigs.byId(GRANT, id).state())
                    .isEqualTo(Kubeconfig.State.REVOKED);
        }
    }

    @Test
    void isListedForADayAfterItsEnd() {
        try (var process = new TestProcess(WORLD.test.address(), TestProcess.LIMITS)) {
            var kubeconfigs = start(process);
            var old = issued(process, kubeconfigs);
            var recent = issued(process, kubeconfigs);
            var now = WORLD.clock.instant();
            WORLD.test.database().write(GRANT, tx -> {
                end(tx, old, now.minus(Duration.ofHours(25)));
                end(tx, recent, now.minus(Duration.ofHours(23)));
            });
            var next = issued(process, kubeconfigs);
            assertThat(List.of(old, recent, next))
                    .filteredOn(id -> kubeconfigs.byId(GRANT, id).deletedAt() == null)
                    .containsExactly(recent, next);
        }
    }

    private static void end(Tx tx, String id, Instant at) {
        new KubeconfigTable().end(tx, id, Kubeconfig.State.EXPIRED, null, at);
    }

    private static Kubeconfigs start(TestProcess process) {
        var kubeconfigs = new Kubeconfigs(WORLD.test.database(), WORLD.clusters, null,
                TestDatabase.ACCESS, TestProcess.sealing(), process.events(),
                process.runs(), TestProcess.paging(), WORLD.ids, WORLD.clock);
        process.engine().start(List.of(
                new IssueKubeconfig(kubeconfigs, WORLD.clusters, WORLD.clients),
                new RevokeKubeconfig(kubeconfigs, WORLD.clusters, WORLD.clients)));
        return kubeconfigs;
    }

    private static String issued(TestProcess process, Kubeconfigs kubeconfigs) {
        var asked = kubeconfigs.issue(GRANT, REGION, WORLD.cluster,
                new NewKubeconfig(null, null, null, NewKubeconfig.STANDARD_TTL));
        if (asked.waiting() != null) {
            assertThat(process.await(GRANT, asked.waiting().id()).error()).isNull();
        }
        return asked.kubeconfig().id();
    }

    /// What the caller hears, at once or, from a slow cluster, of the run.
    private static String refusal(TestProcess process, Kubeconfigs kubeconfigs, String id) {
        try {
            var waiting = revoke(kubeconfigs, id).waiting();
            return waiting == null ? "nothing"
                    : process.await(GRANT, waiting.id()).error().message();
        } catch (Problem.Failure refusal) {
            return String.valueOf(refusal.getMessage());
        }
    }

    private static Kubeconfigs.Accepted revoke(Kubeconfigs kubeconfigs, String id) {
        return kubeconfigs.revoke(GRANT, REGION, WORLD.cluster, id);
    }

    private static boolean hasAccount(String id) {
        return WORLD.view().find(Kind.SERVICE_ACCOUNT, AccessObjects.NAMESPACE,
                AccessObjects.name(id)).isPresent();
    }
}
