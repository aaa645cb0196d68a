package orrery.server.tenancy.project;

import static org.assertj.core.api.Assertions.assertThat;

import orrery.kit.test.SagaCheck;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Deleting a project with all that is in it, on the simulated region.
@Tag("sagas")
class DeleteProjectTest {
    private static DeletionWorld world;

    @BeforeAll
    static void start() {
        world = new DeletionWorld();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @Test
    void allGoesWhereverItDiesAndTheProjectStaysWhereItFails() {
        try (var check = SagaCheck.of(world.world.test, world.deleting(), () -> {
            world.fill();
            assertThat(world.left()).hasSizeGreaterThan(5);
            return new DeleteProject.Input(
                    DeletionWorld.ORGANIZATION, DeletionWorld.PROJECT);
        }, DeletionWorld.deletingThings())) {
            check.everyStepMayRepeat(() -> assertThat(world.left()).isEmpty());
            check.everyFailureUnwinds(() -> {
                assertThat(world.left()).contains("project/" + DeletionWorld.PROJECT);
                assertThat(world.deletion()).isEmpty();
            });
        }
    }
}
