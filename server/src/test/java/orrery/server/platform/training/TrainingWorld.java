package orrery.server.platform.training;

import static orrery.server.platform.PlatformWorld.GRANT;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import orrery.kit.durable.Saga;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Pods;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.compute.storage.TrainingFolders;
import orrery.server.compute.storage.Volumes;
import orrery.server.platform.PlatformWorld;
import orrery.server.platform.training.Training.Desired;
import orrery.server.platform.training.Training.Priority;
import orrery.server.platform.training.Training.State;
import orrery.server.tenancy.project.Projects;
import org.awaitility.Awaitility;

/// Everything that training jobs need on the simulated region.
final class TrainingWorld implements AutoCloseable {
    /// Runs until somebody ends it.
    static final Work LONG = work(2, 1, 0, "0", "600");

    final PlatformWorld world = new PlatformWorld();
    /// No job here has any, so nothing else is asked of them than which those are.
    private final TrainingVolumes volumes = new TrainingFolders(new Volumes(world.test.database(),
            null, null, null, null, null, null, null, null, null, null));
    final TrainingLifecycle lifecycle = new TrainingLifecycle(world.test.database(), world.quotas,
            volumes, TestProcess.sealing(), world.process.events(), world.clock);
    final TrainingObjects objects = new TrainingObjects(world.regions, world.clients);
    private final BiFunction<TestDatabase, Saga<?>[], TestProcess> workers;
    /// A process that works on what users and the settling begin.
    TestProcess worker;
    Trainings trainings;
    SettleTrainings settling;
    private final List<String> made = new ArrayList<>();

    TrainingWorld() {
        this(TestProcess::start);
    }

    /// @param workers makes a process that works on runs of sagas
    TrainingWorld(BiFunction<TestDatabase, Saga<?>[], TestProcess> workers) {
        this.workers = workers;
        start();
    }

    private void start() {
        worker = workers.apply(world.test, new Saga<?>[] {
            creating(), updating(), retrying(), cancelling(), deleting()});
        var projects = new Projects(worker.database(), null, null, null, worker.events(), null,
                null, world.ids, world.clock);
        trainings = new Trainings(lifecycle, objects, worker.database(), projects, null,
                world.regions, worker.events(), worker.runs(), TestProcess.paging(), world.ids,
                world.clock);
        settling = new SettleTrainings(objects, lifecycle, worker.database(), worker.runs());
    }

    /// Another process takes over.
    void restart() {
        worker.close();
        start();
    }

    static Work work(int nodes, int gpus, int retries, String exitCode, String seconds) {
        return new Work("sim-exit", List.of(), List.of(exitCode, seconds), List.of("TOKEN"),
                List.of("key.json"), nodes, gpus, null, Work.Framework.PYTORCH, null, retries, null,
                List.of());
    }

    CreateTraining creating() {
        return new CreateTraining(lifecycle, objects, world.regions, world.clients);
    }

    UpdateTraining updating() {
        return new UpdateTraining(lifecycle, objects, world.regions, world.clients);
    }

    RetryTraining retrying() {
        return new RetryTraining(lifecycle, objects, world.regions, world.clients);
    }

    CancelTraining cancelling() {
        return new CancelTraining(
                lifecycle, objects, world.regions, world.clients, world.process.runs());
    }

    DeleteTraining deleting() {
        return new DeleteTraining(lifecycle, objects, world.regions, world.clients);
    }

    /// One that was asked for, and that no run has made yet.
    String asked(Work work) {
        var id = world.ids.next("trn");
        var now = world.clock.instant();
        var training = new Training(id, "org_test", PlatformWorld.PROJECT, PlatformWorld.REGION,
                Training.objectName(id), null, null, Map.of(), State.QUEUED, null,
                Priority.NORMAL, Desired.RUNNING, work, 1, null, null, null, null, 1, "usr_test",
                now, now, null);
        world.test.database().write(GRANT, tx -> {
            new TrainingTable().insert(
                    tx, training, lifecycle.seal(id, new TrainingLifecycle.Sealed(
                            Map.of("TOKEN", "hush"), Map.of("key.json", "{}"))));
            lifecycle.reserve(tx, training);
        });
        made.add(id);
        return id;
    }

    /// One that is in the region's queue.
    String queued(Work work) {
        var id = asked(work);
        var ended = world.run(creating(), new CreateTraining.Input(id));
        if (ended.error() != null) {
            throw new AssertionError(ended.toString());
        }
        return id;
    }

    String running() {
        var id = queued(LONG);
        until(id, State.RUNNING);
        return id;
    }

    void until(String id, State state) {
        world.settle(settling, () -> get(id).state() == state);
    }

    Training get(String id) {
        return lifecycle.get(GRANT, id);
    }

    boolean hasJob(String id) {
        return !objects.isGone(GRANT, get(id));
    }

    /// Both, or none.
    boolean hasSecrets(String id) {
        boolean env = has(Training.objectName(id));
        if (has(SecretFiles.secretName(get(id))) != env) {
            throw new AssertionError("one of two secrets of " + id);
        }
        return env;
    }

    private boolean has(String secret) {
        return world.view().find(Kind.SECRET, world.namespace(), secret).isPresent();
    }

    List<Pods.Look> pods(String id) {
        return new Pods(world.view(), world.namespace(), TrainJobs.pods(get(id))).look();
    }

    /// Pods take a moment to end.
    void untilPods(String id, int count) {
        Awaitility.await().atMost(Duration.ofSeconds(60))
                .until(() -> pods(id).size() == count);
    }

    /// Ends all that was made: GPUs are few.
    void clear() {
        for (var id : made) {
            var state = get(id).state();
            if (state.isTerminal()) {
                world.run(deleting(), new DeleteTraining.Input(id, state));
            } else {
                world.run(cancelling(), new CancelTraining.Input(id, State.FAILED, null, null));
            }
        }
        made.clear();
    }

    @Override
    public void close() {
        clear();
        worker.close();
        world.close();
    }
}
