package orrery.server.platform.training;

import static org.assertj.core.api.Assertions.assertThat;
import static orrery.server.platform.PlatformWorld.GRANT;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import orrery.kit.durable.LoopRound;
import orrery.kit.kube.Fence;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Trees;
import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestDatabase;
import orrery.server.platform.training.Training.Desired;
import orrery.server.platform.training.Training.Priority;
import orrery.server.platform.training.Training.State;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The life of a training job on the simulated region.
@Tag("sagas")
class TrainingSagasTest {
    private static TrainingWorld world;
    private final AtomicReference<String> id = new AtomicReference<>();

    @BeforeAll
    static void start() {
        world = new TrainingWorld();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @AfterEach
    void clear() {
        world.clear();
    }

    private Training training() {
        return world.get(id.get());
    }

    @Test
    void creatingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.world.test, world.creating(), () -> {
            world.clear();
            id.set(world.asked(TrainingWorld.LONG));
            return new CreateTraining.Input(id.get());
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(training().state()).isEqualTo(State.QUEUED);
                assertThat(world.hasJob(id.get())).isTrue();
                assertThat(world.hasSecrets(id.get())).isTrue();
                assertThat(world.world.gpus()).isEqualTo(2);
            });
            check.everyFailureUnwinds(() -> {
                assertThat(training().state()).isIn(State.QUEUED, State.FAILED);
                assertThat(world.hasJob(id.get())).isFalse();
                assertThat(world.hasSecrets(id.get())).isFalse();
            });
        }
    }

    @Test
    void updatingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.world.test, world.updating(), () -> {
            world.clear();
            id.set(world.running());
            return new UpdateTraining.Input(id.get(), Desired.SUSPENDED, Priority.HIGH);
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(training().state()).isEqualTo(State.SUSPENDED);
                assertThat(training().priority()).isEqualTo(Priority.HIGH);
                world.untilPods(id.get(), 0);
            });
            check.everyFailureUnwinds(() -> {
                assertThat(training().state()).isEqualTo(State.RUNNING);
                assertThat(training().priority()).isEqualTo(Priority.NORMAL);
                var job = world.objects.job(GRANT, training()).orElseThrow();
                assertThat(job.at("/spec/suspend").asBoolean()).isFalse();
            });
        }
    }

    @Test
    void retryingRepeatsAndUnwinds() {
        try (var check = SagaCheck.of(world.world.test, world.retrying(), () -> {
            world.clear();
            id.set(world.running());
            return new RetryTraining.Input(id.get(), 2);
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(training().state()).isEqualTo(State.QUEUED);
                assertThat(training().attempt()).isEqualTo(2);
                assertThat(world.hasJob(id.get())).isTrue();
            });
            check.everyFailureUnwinds(() -> {
                assertThat(training().state()).isIn(State.FAILED, State.RUNNING);
                assertThat(training().attempt()).isEqualTo(1);
            });
        }
    }

    @Test
    void cancellingRepeatsAndSaysWhenItFailed() {
        try (var check = SagaCheck.of(world.world.test, world.cancelling(), () -> {
            world.clear();
            id.set(world.running());
            var running = training();
            world.world.test.database().write(GRANT,
                    tx -> world.lifecycle.cancelling(tx, running, "run_test", ""));
            return new CancelTraining.Input(id.get(), State.RUNNING, null, null);
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(training().state()).isEqualTo(State.CANCELLED);
                assertThat(training().completedAt()).isNotNull();
                assertThat(world.hasJob(id.get())).isFalse();
                assertThat(world.hasSecrets(id.get())).isFalse();
                assertThat(world.world.gpus()).as("given back").isZero();
            });
            check.everyFailureUnwinds(() -> {
                assertThat(training().state()).isIn(State.RUNNING, State.CANCELLING);
                assertThat(world.world.gpus()).as("it may still have them").isEqualTo(2);
            });
        }
    }

    @Test
    void deletingRepeatsAndSaysWhenItFailed() {
        try (var check = SagaCheck.of(world.world.test, world.deleting(), () -> {
            id.set(world.queued(TrainingWorld.work(1, 1, 0, "0", "0")));
            world.until(id.get(), State.SUCCEEDED);
            return new DeleteTraining.Input(id.get(), State.SUCCEEDED);
        })) {
            check.everyStepMayRepeat(() -> {
                assertThat(training().state()).isEqualTo(State.DELETED);
                assertThat(world.hasJob(id.get())).isFalse();
                assertThat(world.hasSecrets(id.get())).isFalse();
                assertThat(world.lifecycle.sealed(GRANT, id.get()).isNone()).isTrue();
            });
            check.everyFailureUnwinds(() ->
                    assertThat(training().state()).isEqualTo(State.SUCCEEDED));
        }
    }

    @Test
    void nodesReadSecretFiles() {
        var made = world.running();
        for (var pod : world.world.view().list(Kind.POD, world.world.namespace(),
                TrainJobs.pods(world.get(made)))) {
            assertThat(pod.at("/spec/containers/0/volumeMounts").toString())
                    .contains(SecretFiles.FOLDER);
            assertThat(pod.at("/spec/volumes").toString())
                    .contains(SecretFiles.secretName(world.get(made)));
        }
        var files = world.world.view().find(Kind.SECRET, world.world.namespace(),
                SecretFiles.secretName(world.get(made))).orElseThrow();
        assertThat(files.path("data").toString()).isEqualTo("{\"key.json\":\"e30=\"}");
    }

    @Test
    void allNodesBeginTogetherOrNone() {
        var small = world.running();
        // Two nodes with eight GPUs each, of which the small one has two.
        var large = world.queued(TrainingWorld.work(2, 8, 0, "0", "600"));
        world.world.settle(world.settling, () -> world.get(small).state() == State.RUNNING);
        var other = world.running();
        assertThat(world.get(large).state()).isEqualTo(State.QUEUED);
        assertThat(world.pods(large)).as("not even one").isEmpty();
        cancel(small);
        assertThat(world.pods(large)).isEmpty();
        cancel(other);
        world.until(large, State.RUNNING);
        assertThat(world.pods(large)).hasSize(2);
    }

    private static void cancel(String id) {
        var run = world.trainings.cancel(GRANT, "sim1", id).run();
        world.worker.await(GRANT, run.id());
        assertThat(world.get(id).state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void isTriedAgainAsOftenAsItMayBe() {
        var failing = world.queued(TrainingWorld.work(2, 1, 2, "1", "0"));
        world.until(failing, State.FAILED);
        assertThat(world.get(failing).attempt()).isEqualTo(3);
        assertThat(world.get(failing).stateReason()).contains("backoff limit");
        assertThat(world.get(failing).completedAt()).isNotNull();
        assertThat(world.world.gpus()).as("given back").isZero();
    }

    @Test
    void queuesAgainWhenItHadToMakeRoom() {
        var made = world.running();
        world.world.stranger.merge(TrainJobs.KIND, world.world.namespace(),
                Training.objectName(made), Trees.read("spec: {suspend: true}"));
        world.world.settle(world.settling, () -> world.get(made).state() == State.PREEMPTED);
        world.until(made, State.RUNNING);
    }

    @Test
    void whereKueueAdmitsJobsItDecidesWhenTheyGoOn() {
        var made = world.running();
        world.world.stranger.merge(TrainJobs.KIND, world.world.namespace(),
                Training.objectName(made), Trees.read("""
                        metadata: {labels: {kueue.x-k8s.io/queue-name: main}}
                        spec: {suspend: true}
                        """));
        world.until(made, State.QUEUED);
        world.world.settle(world.settling, () -> true);
        assertThat(world.objects.job(GRANT, world.get(made)).orElseThrow()
                .at("/spec/suspend").asBoolean()).as("it is Kueue's to resume it").isTrue();
        world.world.stranger.merge(TrainJobs.KIND, world.world.namespace(),
                Training.objectName(made), Trees.read("spec: {suspend: false}"));
        world.until(made, State.RUNNING);
    }

    @Test
    void saysWhenItsJobIsGone() {
        var made = world.running();
        world.world.stranger.remove(TrainJobs.KIND, world.world.namespace(),
                Training.objectName(made));
        world.until(made, State.FAILED);
        assertThat(world.get(made).stateReason()).contains("is gone from region sim1");
    }

    @Test
    void endsWhatRunsForTooLong() {
        var work = new Work("sim-exit", List.of(), List.of("0", "600"),
                List.of(), List.of(), 1, 1, null, Work.Framework.CUSTOM, 60, 0, null,
                List.of());
        var late = world.queued(work);
        world.until(late, State.RUNNING);
        assertThat(world.get(late).runsUntil()).isAfter(world.world.clock.instant());
        var ending = new EndLateTrainings(world.lifecycle, world.trainings);
        ending.round(round());
        assertThat(world.get(late).state()).isEqualTo(State.RUNNING);
        world.world.test.database().write(GRANT, tx -> tx.handle().execute(
                "update training set runs_until = now() - interval '1s' where id = ?", late));
        ending.round(round());
        world.worker.await(GRANT, world.get(late).runId());
        assertThat(world.get(late).state()).isEqualTo(State.FAILED);
        assertThat(world.get(late).stateReason()).contains("maxRuntimeSeconds");
        assertThat(world.hasJob(late)).isFalse();
    }

    private static LoopRound round() {
        return new LoopRound(
                TestDatabase.ACCESS.system("test"),
                new Fence("loop test", Long.MAX_VALUE, () -> true));
    }
}
