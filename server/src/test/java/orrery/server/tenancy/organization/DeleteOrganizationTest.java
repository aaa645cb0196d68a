package orrery.server.tenancy.organization;

import static org.assertj.core.api.Assertions.assertThat;

import orrery.kit.test.SagaCheck;
import orrery.kit.test.TestDatabase;
import orrery.server.tenancy.project.DeletionWorld;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Deleting an organization with its projects, on the simulated region.
@Tag("sagas")
class DeleteOrganizationTest {
    private static DeletionWorld world;

    @BeforeAll
    static void start() {
        world = new DeletionWorld();
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    private static Organization organization() {
        return world.world.test.database().read(DeletionWorld.GRANT,
                tx -> world.organizations.find(tx, DeletionWorld.ORGANIZATION)).orElse(null);
    }

    @Test
    void allGoesWhereverItDiesAndTheOrganizationStaysWhereItFails() {
        var deletions = new OrganizationDeletions(world.world.test.database(),
                world.organizations, world.projects, world.deletions, TestDatabase.ACCESS,
                world.world.process.runs());
        try (var check = SagaCheck.of(world.world.test,
                new DeleteOrganization(deletions, world.deletions), () -> {
                    world.fill();
                    return new DeleteOrganization.Input(DeletionWorld.ORGANIZATION);
                }, world.sagas())) {
            check.everyStepMayRepeat(() -> {
                assertThat(world.left()).isEmpty();
                assertThat(organization()).isNull();
            });
            check.everyFailureUnwinds(() -> {
                assertThat(organization()).isNotNull();
                assertThat(organization().deletion()).isNull();
            });
        }
    }
}
