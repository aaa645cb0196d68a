package orrery.server.compute.instance;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.kit.access.Scope;
import orrery.kit.db.Jsonb;
import orrery.kit.kube.ObjectName;
import orrery.server.platform.catalogue.InstanceType;
import orrery.server.tenancy.quota.Amounts;
import org.jspecify.annotations.Nullable;

/// A machine of a project.
///
/// @param type code of the instance type that it was made from
/// @param ramGb 2³⁰ bytes
/// @param volumes what it has beside its own disks
/// @param externalAddresses by which the world reaches it, one of each IP version at most
/// @param serverId the server that it is, of one of bare metal
/// @param allocationId the allocation that its server was taken from; `null` for none
/// @param stateReason why it is in this state, where that is not plain
/// @param runId the last run that changed it
public record Instance(
        String id,
        String organizationId,
        String projectId,
        String region,
        String zone,
        String name,
        @Nullable String displayName,
        @Nullable String description,
        @Jsonb Map<String, String> labels,
        InstanceType.Kind kind,
        String type,
        int cpuCores,
        int ramGb,
        @Jsonb List<Gpu> gpus,
        @Jsonb List<Disk> disks,
        @Jsonb List<Nic> nics,
        @Jsonb List<Plugged> volumes,
        @Jsonb List<String> externalAddresses,
        String hostname,
        @Jsonb List<Metadatum> metadata,
        @Nullable String serverId,
        @Nullable String allocationId,
        State state,
        @Nullable String stateReason,
        @Nullable String runId,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    public Instance {
        labels = Map.copyOf(labels);
        gpus = List.copyOf(gpus);
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        volumes = List.copyOf(volumes);
        externalAddresses = List.copyOf(externalAddresses);
        metadata = List.copyOf(metadata);
    }

    /// Where it is in its life.
    public enum State {
        /// What it needs is being made.
        PROVISIONING,
        /// It is being started.
        STAGING,
        RUNNING, STOPPING, SUSPENDING, SUSPENDED,
        /// It crashed, or cannot be started; its region tries again.
        REPAIRING,
        /// It is stopped, and may be started again.
        TERMINATED,
        /// Nothing runs: it could not be made, or is gone, or could not be deleted.
        FAILED,
        DELETING, DELETED;

        /// The states that may follow. What stands behind a machine may be stopped, paused,
        /// started or lost without us, so that those without a run follow each other.
        Set<State> next() {
            return switch (this) {
                case PROVISIONING -> Set.of(STAGING, FAILED, DELETING);
                case STAGING -> Set.of(RUNNING, TERMINATED, SUSPENDED, FAILED, DELETING);
                case RUNNING -> Set.of(STOPPING, SUSPENDING, SUSPENDED, REPAIRING, TERMINATED,
                        FAILED, DELETING);
                case STOPPING -> Set.of(TERMINATED, RUNNING, REPAIRING, DELETING);
                case SUSPENDING -> Set.of(SUSPENDED, RUNNING, DELETING);
                case SUSPENDED -> Set.of(
                        STAGING, RUNNING, REPAIRING, TERMINATED, FAILED, DELETING);
                case REPAIRING -> Set.of(
                        RUNNING, TERMINATED, SUSPENDED, STOPPING, FAILED, DELETING);
                case TERMINATED -> Set.of(
                        STAGING, RUNNING, REPAIRING, SUSPENDED, FAILED, DELETING);
                case FAILED -> Set.of(PROVISIONING, DELETING);
                case DELETING -> Set.of(DELETED, FAILED);
                case DELETED -> Set.of();
            };
        }

        /// Whether a machine should stand on the management cluster and nobody makes or removes
        /// it.
        boolean isSettled() {
            return switch (this) {
                case RUNNING, SUSPENDED, REPAIRING, TERMINATED -> true;
                case PROVISIONING, STAGING, STOPPING, SUSPENDING, FAILED, DELETING, DELETED ->
                        false;
            };
        }
    }

    /// A volume that it has, or is given just now.
    ///
    /// @param id the volume's
    public record Plugged(String id, int sizeGb) {}

    Scope project() {
        return Scope.project(organizationId, projectId);
    }

    /// What it takes of its project's quota, running or not: it may be started at any time.
    Amounts amounts() {
        return new Amounts(gpus.stream().mapToLong(Gpu::count).sum(), cpuCores, ramGb, 0, 0, 0);
    }

    /// Name of the objects on the management cluster that stand for it.
    String objectName() {
        return ObjectName.of("ins", id);
    }

    @Override
    public String toString() {
        return "instance " + name + " (" + id + ")";
    }
}
