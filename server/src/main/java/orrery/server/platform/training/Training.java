package orrery.server.platform.training;

import java.time.Instant;
import java.util.Map;
import orrery.kit.access.Scope;
import orrery.kit.db.Jsonb;
import orrery.kit.kube.ObjectName;
import org.jspecify.annotations.Nullable;

/// A job of a project that a region works on.
///
/// @param stateReason why it is in this state, where that is not plain
/// @param attempt which try it is; the first is 1
/// @param runsUntil it is ended when it still runs then; `null` while it does not, or may for ever
/// @param startedAt when all its nodes were there first
/// @param runId the last run that changed it
public record Training(
        String id,
        String organizationId,
        String projectId,
        String region,
        String name,
        @Nullable String displayName,
        @Nullable String description,
        @Jsonb Map<String, String> labels,
        State state,
        @Nullable String stateReason,
        Priority priority,
        Desired desired,
        @Jsonb Work work,
        int attempt,
        @Nullable Instant runsUntil,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt,
        @Nullable String runId,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    public Training {
        labels = Map.copyOf(labels);
    }

    /// Where it is in its life.
    public enum State {
        QUEUED, STARTING, RUNNING, SUSPENDED, SUCCEEDED, FAILED, CANCELLING, CANCELLED,
        /// It had to make room for others, and queues again.
        PREEMPTED,
        DELETING, DELETED;

        /// Whether it has an object on the management cluster that goes on by itself.
        boolean isAlive() {
            return switch (this) {
                case QUEUED, STARTING, RUNNING, SUSPENDED, PREEMPTED -> true;
                case SUCCEEDED, FAILED, CANCELLING, CANCELLED, DELETING, DELETED -> false;
            };
        }

        /// Whether it has ended, and nothing of it will change but that it is deleted.
        boolean isTerminal() {
            return switch (this) {
                case SUCCEEDED, FAILED, CANCELLED -> true;
                case QUEUED, STARTING, RUNNING, SUSPENDED, PREEMPTED, CANCELLING, DELETING,
                        DELETED -> false;
            };
        }
    }

    /// Who goes first where there is not room for all.
    public enum Priority { LOW, NORMAL, HIGH }

    /// Whether it shall run.
    public enum Desired { RUNNING, SUSPENDED }

    Scope place() {
        return Scope.project(organizationId, projectId);
    }

    /// The same, as it shall be.
    Training wanted(Desired otherDesired, Priority otherPriority) {
        return new Training(id, organizationId, projectId, region, name, displayName, description,
                labels, state, stateReason, otherPriority, otherDesired, work, attempt, runsUntil,
                startedAt, completedAt, runId, version, createdBy, createdAt, updatedAt,
                deletedAt);
    }

    /// Name of the objects in the management cluster that stand for it.
    static String objectName(String id) {
        return ObjectName.of("trn", id);
    }

    @Override
    public String toString() {
        return "training job " + name + " (" + id + ")";
    }
}
