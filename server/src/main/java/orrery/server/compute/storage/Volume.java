package orrery.server.compute.storage;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import orrery.kit.access.Scope;
import orrery.kit.db.Jsonb;
import orrery.kit.events.Subject;
import orrery.kit.kube.ObjectName;
import orrery.server.infrastructure.storage.Backend;
import org.jspecify.annotations.Nullable;

/// Storage of a project, which one machine at a time may use as a disk, or one training job
/// as folder.
///
/// @param zone where it is reached; `null` for all zones of its region
/// @param backendId where it comes from
/// @param type the storage class that it is made of
/// @param medium what its backend gives: raw blocks, or a file that holds them
/// @param sizeGb 2³⁰ bytes
/// @param instanceId the machine that has it
/// @param trainingId the training job that has it
/// @param stateReason why it is in this state, where that is not plain
/// @param runId the last run that changed it
public record Volume(
        String id,
        String organizationId,
        String projectId,
        String region,
        @Nullable String zone,
        String name,
        @Nullable String displayName,
        @Nullable String description,
        @Jsonb Map<String, String> labels,
        String backendId,
        String type,
        Backend.Type medium,
        int sizeGb,
        @Nullable String instanceId,
        @Nullable String trainingId,
        State state,
        @Nullable String stateReason,
        @Nullable String runId,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    public Volume {
        labels = Map.copyOf(labels);
    }

    /// Where it is in its life.
    public enum State {
        CREATING, AVAILABLE,
        /// A machine or a job has it, or is given it just now.
        @JsonProperty("inUse") INUSE,
        RESIZING,
        /// It could not be made, or is gone, or could not be deleted.
        FAILED,
        DELETING, DELETED;

        /// As it is stored and shown.
        public String text() {
            return this == INUSE ? "inUse" : name().toLowerCase(Locale.ROOT);
        }

        /// The states that may follow. What stands behind it may be lost without us.
        Set<State> next() {
            return switch (this) {
                case CREATING -> Set.of(AVAILABLE, FAILED, DELETING);
                case AVAILABLE -> Set.of(INUSE, RESIZING, FAILED, DELETING);
                case INUSE -> Set.of(AVAILABLE, RESIZING, FAILED);
                case RESIZING -> Set.of(AVAILABLE, INUSE, DELETING);
                case FAILED -> Set.of(CREATING, DELETING);
                case DELETING -> Set.of(DELETED, FAILED);
                case DELETED -> Set.of();
            };
        }
    }

    Scope project() {
        return Scope.project(organizationId, projectId);
    }

    /// Where it is when nothing happens to it.
    State rest() {
        return user() == null ? State.AVAILABLE : State.INUSE;
    }

    /// What has it; `null` when nothing does.
    public @Nullable Subject user() {
        return instanceId != null ? new Subject("instance", instanceId)
                : trainingId != null ? new Subject("training", trainingId) : null;
    }

    /// Name of the claim that stands for it on the management cluster.
    public static String claim(String id) {
        return ObjectName.of("vol", id);
    }

    /// Where it is found.
    public static String link(String region, String project, String id) {
        return "/v1/regions/" + region + "/projects/" + project + "/compute/storage/" + id;
    }

    @Override
    public String toString() {
        return "volume " + name + " (" + id + ")";
    }
}
