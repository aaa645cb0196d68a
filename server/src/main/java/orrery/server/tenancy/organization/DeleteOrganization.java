package orrery.server.tenancy.organization;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import orrery.kit.durable.Policy;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.server.tenancy.project.ProjectDeletions;

/// Deletes an organization: first its projects, each by a run of its own. When one cannot be
/// deleted the organization stays, with what is left in it.
@Singleton
final class DeleteOrganization implements Saga<DeleteOrganization.Input> {
    static final SagaType<Input> TYPE = new SagaType<>("organization.delete", Input.class,
            Policy.DEFAULT.withDeadline(Duration.ofHours(12)));

    /// @param id of the organization
    record Input(String id) {}

    /// The runs that delete the projects.
    record Begun(List<String> runs) {}

    private final OrganizationDeletions deletions;
    private final ProjectDeletions projects;

    DeleteOrganization(OrganizationDeletions deletions, ProjectDeletions projects) {
        this.deletions = deletions;
        this.projects = projects;
    }

    @Override
    public SagaType<Input> type() {
        return TYPE;
    }

    @Override
    public void run(Steps steps, Input in) {
        steps.tx("begin", tx -> deletions.claim(tx, in.id()),
                tx -> deletions.keep(tx, in.id()));
        var begun = steps.tx("begin projects", Begun.class,
                tx -> new Begun(deletions.clear(tx, in.id())));
        for (var run : begun.runs()) {
            steps.await("see " + run + " end", () -> projects.isDone(steps, run));
        }
        steps.tx("forget", tx -> deletions.forget(tx, in.id()));
    }
}
