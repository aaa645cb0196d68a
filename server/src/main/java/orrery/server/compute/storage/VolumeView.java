package orrery.server.compute.storage;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import orrery.kit.events.Subject;
import orrery.kit.http.Answer;
import org.jspecify.annotations.Nullable;

/// A volume as the cloud family shows it.
///
/// @param zone `null` for all zones of its region
/// @param type its storage class
/// @param currentRunId the last run that changed it
public record VolumeView(
        String id,
        String name,
        String selfLink,
        @Nullable String displayName,
        @Nullable String description,
        String organizationId,
        String projectId,
        String region,
        @Nullable String zone,
        Map<String, String> labels,
        String type,
        int sizeGb,
        Attached attachedTo,
        Volume.State state,
        @Nullable String stateReason,
        @Nullable String currentRunId,
        long version,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    /// What uses it; both are `null` when nothing does.
    public record Attached(@Nullable String kind, @Nullable String id) {
        static Attached of(@Nullable Subject user) {
            return user == null ? new Attached(null, null)
                    : new Attached(user.kind(), user.id());
        }
    }

    static VolumeView of(Volume it) {
        return new VolumeView(it.id(), it.name(),
                Volume.link(it.region(), it.projectId(), it.id()), it.displayName(),
                it.description(), it.organizationId(), it.projectId(), it.region(), it.zone(),
                it.labels(), it.type(), it.sizeGb(),
                Attached.of(it.user()),
                it.state(), it.stateReason(), it.runId(), it.version(), it.createdAt(),
                it.updatedAt(), it.deletedAt());
    }

    /// A change that is done, or that a run carries out.
    public static Answer<VolumeView> of(Volumes.Accepted accepted) {
        return accepted.run() != null ? started(accepted)
                : Answer.ok(of(accepted.volume())).version(accepted.volume().version());
    }

    /// A change that a run carries out.
    public static Answer<VolumeView> started(Volumes.Accepted accepted) {
        var view = of(accepted.volume());
        var run = Objects.requireNonNull(accepted.run(), "accepted without a run");
        return Answer.accepted(view, new Answer.RunRef(run.id(), run.type(), run.status().text()))
                .at(view.selfLink()).version(view.version());
    }
}
