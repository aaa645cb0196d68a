package orrery.server.compute.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import orrery.kit.http.Answer;
import org.jspecify.annotations.Nullable;

/// A deploy as the cloud family shows it.
///
/// @param parameters as they were given, without the stack's defaults
/// @param resources what was made for it
/// @param currentRunId the last run that changed it
record DeployView(
        String id,
        String name,
        String selfLink,
        @Nullable String displayName,
        @Nullable String description,
        String organizationId,
        String projectId,
        String region,
        Map<String, String> labels,
        String stackId,
        JsonNode parameters,
        int replicas,
        Deploy.State state,
        @Nullable String stateReason,
        List<Resource> resources,
        @Nullable String currentRunId,
        long version,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    /// @param state in the words of its kind
    record Resource(String kind, String id, String name, String state) {}

    static DeployView of(Deploys.Seen seen) {
        var it = seen.deploy();
        return new DeployView(it.id(), it.name(), "/v1/regions/" + it.region() + "/projects/"
                + it.projectId() + "/deploys/" + it.id(), it.displayName(), it.description(),
                it.organizationId(), it.projectId(), it.region(), it.labels(), it.stackId(),
                it.parameters(), it.replicas(), it.state(), it.stateReason(),
                seen.resources().stream().map(r -> new Resource(
                        r.kind(), r.id(), r.name(), r.state())).toList(),
                it.runId(), it.version(), it.createdAt(), it.updatedAt(), it.deletedAt());
    }

    /// 202 with the run, or 200 when everything is done already.
    static Answer<DeployView> answer(Deploys.Accepted accepted) {
        if (accepted.run() != null) {
            return started(accepted);
        }
        var view = of(accepted.seen());
        return Answer.ok(view).version(view.version());
    }

    static Answer<DeployView> started(Deploys.Accepted accepted) {
        var view = of(accepted.seen());
        var run = Objects.requireNonNull(accepted.run(), "accepted without a run");
        return Answer.accepted(view, new Answer.RunRef(run.id(), run.type(), run.status().text()))
                .at(view.selfLink()).version(view.version());
    }
}
