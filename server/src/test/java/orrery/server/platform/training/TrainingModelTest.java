package orrery.server.platform.training;

import static org.assertj.core.api.Assertions.assertThat;
import static orrery.server.platform.PlatformWorld.GRANT;
import static orrery.server.platform.PlatformWorld.REGION;

import java.util.List;
import java.util.OptionalLong;
import orrery.kit.Problem;
import orrery.kit.kube.Trees;
import orrery.server.Seeds;
import orrery.server.Story;
import orrery.server.platform.training.Training.Desired;
import orrery.server.platform.training.Training.Priority;
import orrery.server.platform.training.Training.State;
import org.junit.jupiter.api.Tag;

/// Training jobs under random orders of what users and others do to them, with processes that die:
/// after each, the job is in the one state that a model of few lines says, and what the model
/// refuses is refused.
@Tag("sagas")
class TrainingModelTest {
    private static final int JOBS = 12;
    private static final int ACTIONS = 7;

    private enum Action { SUSPEND, RESUME, CANCEL, DELETE, PRIORITY, PREEMPT, KILL, RESTART }

    /// What a job is once all has settled: it runs, is held back, has ended somehow, or is gone.
    private record Model(State state, Priority priority, boolean isFinal) {
        static final Model BEGUN = new Model(State.RUNNING, Priority.NORMAL, false);

        /// @return `null` where it is refused
        Model after(Action action) {
            return switch (action) {
                case SUSPEND -> state == State.RUNNING ? in(State.SUSPENDED) : null;
                case RESUME -> state == State.SUSPENDED ? in(State.RUNNING) : null;
                case CANCEL -> isFinal ? null : end(State.CANCELLED);
                case DELETE -> isFinal && state != State.DELETED ? end(State.DELETED) : null;
                case PRIORITY -> isFinal ? null : new Model(state, other(), false);
                // It queues again, and there is room; or it is held back as before.
                case PREEMPT, RESTART -> this;
                case KILL -> isFinal ? this : end(State.FAILED);
            };
        }

        private Model in(State other) {
            return new Model(other, priority, false);
        }

        private Model end(State other) {
            return new Model(other, priority, true);
        }

        Priority other() {
            return priority == Priority.HIGH ? Priority.LOW : Priority.HIGH;
        }
    }

    @Seeds(1)
    void isAlwaysInTheStateThatTheModelSays(Story story) {
        story.tell(() -> {
            var refused = 0;
            try (var world = new TrainingWorld(
                    (test, sagas) -> story.worker(test, _ -> sagas))) {
                for (int job = 0; job < JOBS; job++) {
                    refused += live(world, story);
                    world.clear();
                }
            }
            assertThat(refused).as("the model refuses, too").isPositive();
        });
    }

    /// @return how much was refused
    private static int live(TrainingWorld world, Story story) {
        var id = world.running();
        var model = Model.BEGUN;
        int refused = 0;
        story.note("job " + id);
        for (int i = 0; i < ACTIONS && model.state() != State.DELETED; i++) {
            var action = story.one(List.of(Action.values()));
            story.note(action.name());
            var next = model.after(action);
            refused += next == null ? 1 : 0;
            assertThat(isDone(world, id, action, model)).isEqualTo(next != null);
            model = next == null ? model : next;
            story.note("  " + world.get(id).state());
            verify(world, id, model);
        }
        return refused;
    }

    /// Whether it was not refused.
    private static boolean isDone(TrainingWorld world, String id, Action action, Model model) {
        try {
            var trainings = world.trainings;
            var accepted = switch (action) {
                case SUSPEND -> trainings.suspend(GRANT, REGION, id);
                case RESUME -> trainings.resume(GRANT, REGION, id);
                case CANCEL -> trainings.cancel(GRANT, REGION, id);
                case DELETE -> trainings.delete(GRANT, REGION, id, OptionalLong.empty());
                case PRIORITY -> trainings.change(GRANT, REGION, id,
                        old -> new Trainings.Change(null, old.labels(), model.other()),
                        OptionalLong.empty());
                case PREEMPT -> {
                    stranger(world, id, model, false);
                    yield null;
                }
                case KILL -> {
                    stranger(world, id, model, true);
                    yield null;
                }
                case RESTART -> {
                    world.restart();
                    yield null;
                }
            };
            if (accepted != null && accepted.run() != null) {
                assertThat(world.worker.await(GRANT, accepted.run().id()).error()).isNull();
            }
            return true;
        } catch (Problem.Failure refused) {
            assertThat(refused.problem()).isInstanceOf(Problem.IllegalTransition.class);
            return false;
        }
    }

    private static void stranger(TrainingWorld world, String id, Model model, boolean kills) {
        if (model.isFinal()) {
            return;
        }
        var namespace = world.world.namespace();
        var name = Training.objectName(id);
        if (kills) {
            world.world.stranger.remove(TrainJobs.KIND, namespace, name);
        } else {
            world.world.stranger.merge(TrainJobs.KIND, namespace, name,
                    Trees.read("spec: {suspend: true}"));
        }
    }

    private static void verify(TrainingWorld world, String id, Model model) {
        if (!model.isFinal()) {
            // A preemption may be on its way: all has settled when the object is as it shall be.
            world.world.settle(world.settling, () -> world.get(id).state() == model.state()
                    && isHeld(world, id) == (model.state() == State.SUSPENDED));
        } else {
            world.world.settle(world.settling, () -> !world.get(id).state().isAlive());
        }
        var now = world.get(id);
        assertThat(now.state()).isEqualTo(model.state());
        assertThat(now.priority()).isEqualTo(model.priority());
        assertThat(now.desired()).isEqualTo(
                model.state() == State.SUSPENDED ? Desired.SUSPENDED
                        : model.isFinal() ? now.desired() : Desired.RUNNING);
        assertThat(world.world.gpus()).as("it holds its GPUs until it ends")
                .isEqualTo(model.isFinal() ? 0 : TrainingWorld.LONG.gpus());
        assertThat(world.hasJob(id)).isEqualTo(!model.isFinal());
        world.untilPods(id, model.state() == State.RUNNING ? TrainingWorld.LONG.nodes() : 0);
    }

    private static boolean isHeld(TrainingWorld world, String id) {
        return world.objects.job(GRANT, world.get(id))
                .map(job -> job.at("/spec/suspend").asBoolean()).orElse(false);
    }
}
