package orrery.server.platform.training;

import static org.assertj.core.api.Assertions.assertThat;
import static orrery.server.platform.PlatformWorld.GRANT;
import static orrery.server.platform.PlatformWorld.REGION;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import orrery.kit.kube.Trees;
import orrery.server.Seeds;
import orrery.server.Story;
import orrery.server.platform.training.Training.Priority;
import orrery.server.platform.training.Training.State;
import org.junit.jupiter.api.Tag;

/// Several training jobs, to which all sorts of things are done while runs are at work on them. No
/// job takes a step that its life does not have, GPUs are counted as long as a job may have them,
/// and nothing is left of those that are deleted.
@Tag("sagas")
class BusyTrainingModelTest {
    private static final int STEPS = 100;
    private static final int MOST = 3;
    private static final Set<String> WHILE_ALIVE = Set.of("queued", "starting", "running",
            "suspended", "preempted", "succeeded", "failed", "cancelling");

    /// The life of a job: written down once more, not taken from what is tested.
    private static final Map<String, Set<String>> LIFE = Map.ofEntries(
            Map.entry("created", WHILE_ALIVE),
            Map.entry("queued", WHILE_ALIVE),
            Map.entry("starting", WHILE_ALIVE),
            Map.entry("running", WHILE_ALIVE),
            Map.entry("suspended", WHILE_ALIVE),
            Map.entry("preempted", WHILE_ALIVE),
            Map.entry("cancelling", Set.of("cancelled", "queued",
                    "starting", "running", "suspended", "preempted")),
            Map.entry("succeeded", Set.of("deleting")),
            Map.entry("cancelled", Set.of("deleting")),
            Map.entry("failed", Set.of("queued", "deleting")),
            Map.entry("deleting", Set.of("deleted", "succeeded", "failed", "cancelled")),
            Map.entry("deleted", Set.of()));

    private final List<String> known = new ArrayList<>();
    private Story story;
    private TrainingWorld world;

    @Seeds(1)
    void nothingIsLostWhateverIsAskedMeanwhile(Story told) {
        story = told;
        story.tell(() -> {
            try (var opened = new TrainingWorld(
                    (test, sagas) -> story.worker(test, _ -> sagas))) {
                world = opened;
                for (int i = 0; i < STEPS; i++) {
                    act();
                    story.pause();
                }
                comesToRest();
                allGo();
            }
        });
    }

    private List<Training> there() {
        return world.lifecycle.all(GRANT, known).stream()
                .filter(it -> it.state() != State.DELETED)
                .sorted(Comparator.comparing(Training::createdAt)).toList();
    }

    private void act() {
        var there = there();
        var one = there.isEmpty() ? null : story.one(there);
        var trainings = world.trainings;
        switch (one == null ? 0 : story.dice(20)) {
            case 0, 1, 2 -> {
                if (there.size() < MOST) {
                    create();
                }
            }
            case 3, 4 -> asks("suspend", one, () -> trainings.suspend(GRANT, REGION, one.id()));
            case 5, 6 -> asks("resume", one, () -> trainings.resume(GRANT, REGION, one.id()));
            case 7 -> cancel(one);
            case 8, 9 -> delete(one);
            case 10 -> {
                var to = story.one(List.of(Priority.values()));
                asks("priority " + to, one, () -> trainings.change(GRANT, REGION, one.id(),
                        old -> new Trainings.Change(null, old.labels(), to),
                        OptionalLong.empty()));
            }
            case 11 -> story.happens("somebody suspends " + one.id(), () ->
                    world.world.stranger.merge(TrainJobs.KIND, world.world.namespace(),
                            Training.objectName(one.id()), Trees.read("spec: {suspend: true}")));
            case 12 -> {
                if (story.dice(2) == 0) {
                    story.happens("somebody deletes " + one.id(), () ->
                            world.world.stranger.remove(TrainJobs.KIND, world.world.namespace(),
                                    Training.objectName(one.id())));
                }
            }
            case 13, 14 -> story.meddle(world.worker, GRANT, one.runId());
            case 15 -> {
                story.note("restart");
                world.restart();
            }
            case 16 -> {
                if (story.dice(4) == 0) {
                    story.away(world.world.stranger);
                }
            }
            default -> story.happens("settle", this::settle);
        }
    }

    private void create() {
        story.asks("create", () -> {
            known.add(world.trainings.create(GRANT, REGION, new NewTraining(
                    null, null, null, Map.of(), Priority.NORMAL, Map.of("TOKEN", "hush"),
                    Map.of("key.json", "{}"), TrainingWorld.LONG)).training().id());
            story.note("  " + known.getLast());
        });
    }

    private void cancel(Training one) {
        asks("cancel", one, () -> world.trainings.cancel(GRANT, REGION, one.id()));
    }

    private void delete(Training one) {
        asks("delete", one, () -> world.trainings.delete(
                GRANT, REGION, one.id(), OptionalLong.empty()));
    }

    private void asks(String what, Training one, Runnable request) {
        story.asks(what + " " + one.id() + " " + one.state(), request);
    }

    private void settle() {
        Story.settle(world.settling, REGION);
    }

    /// Nobody asks any more: what has not ended has its GPUs, and a job that is as it shall be.
    private void comesToRest() {
        story.untilQuiet(world.world.test, () -> {
            settle();
            assertThat(there()).noneMatch(it -> it.state() == State.PREEMPTED);
        });
        var alive = there().stream().filter(it -> it.state().isAlive()).toList();
        assertThat(world.world.gpus()).as("%s", there())
                .isEqualTo(alive.stream().mapToLong(it -> it.work().gpus()).sum());
        assertThat(alive).allMatch(it -> world.hasJob(it.id()));
    }

    private void allGo() {
        story.untilQuiet(world.world.test, () -> {
            there().stream().filter(it -> it.state().isAlive()).forEach(this::cancel);
            there().stream().filter(it -> it.state().isTerminal()).forEach(this::delete);
            assertThat(there()).isEmpty();
        });
        Story.follow(world.world.process.events(), GRANT, Trainings.KIND, known, LIFE);
        assertThat(world.world.gpus()).isZero();
        assertThat(known).noneMatch(id -> world.hasJob(id) || world.hasSecrets(id));
    }
}
