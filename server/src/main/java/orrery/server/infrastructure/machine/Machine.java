package orrery.server.infrastructure.machine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.db.Jsonb;
import org.jspecify.annotations.Nullable;

/// A bare-metal server.
///
/// @param labels its host bears them
/// @param tags by which pools select it
/// @param persona what it is for; empty for nothing said
/// @param bmcAddress of its management controller, as Metal3 writes it: `redfish://10.0.0.7/…`
/// @param bootMacAddress of the port that it boots from; `null` where its controller tells
/// @param gpu as whoever registered it said: no inspection finds it
/// @param stateReason why it is in this state, where that is not plain
/// @param failureReasons what is wrong with it; empty when it is healthy
/// @param wanted what its host shall be like while nothing changes it
/// @param poweredOn when its host was last looked at; `null` before
/// @param hardware what its inspection found; `null` before
/// @param allocationId who has it from a pool; `null` for nobody
/// @param instanceId the instance that it is; `null` for none
/// @param runId the last run that changed it
public record Machine(
        String id,
        String organizationId,
        String projectId,
        String region,
        String zone,
        String name,
        @Nullable String displayName,
        @Nullable String description,
        @Jsonb Map<String, String> labels,
        @Jsonb Map<String, String> tags,
        String persona,
        String bmcAddress,
        boolean verifyCa,
        @Nullable String bootMacAddress,
        @Nullable @Jsonb Gpu gpu,
        State state,
        @Nullable String stateReason,
        Health health,
        @Nullable Instant healthCheckedAt,
        @Jsonb List<String> failureReasons,
        @Jsonb Wanted wanted,
        @Nullable Boolean poweredOn,
        @Nullable @Jsonb Hardware hardware,
        @Nullable String allocationId,
        @Nullable String instanceId,
        @Nullable String runId,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    public Machine {
        labels = Map.copyOf(labels);
        tags = Map.copyOf(tags);
        failureReasons = List.copyOf(failureReasons);
    }

    /// Where it is in its life.
    public enum State {
        REGISTERING, REGISTERED, INSPECTING, AVAILABLE, ALLOCATED, PROVISIONING, READY,
        DEPROVISIONING, MAINTENANCE, FAILED, DECOMMISSIONING, DECOMMISSIONED;

        /// Whether its host is to be as it is wanted.
        boolean isSettled() {
            return switch (this) {
                case AVAILABLE, ALLOCATED, READY, MAINTENANCE -> true;
                case REGISTERING, REGISTERED, INSPECTING, PROVISIONING, DEPROVISIONING, FAILED,
                        DECOMMISSIONING, DECOMMISSIONED -> false;
            };
        }

        /// The same in the few words of the published API.
        Provisioning provisioning() {
            return switch (this) {
                case REGISTERING, REGISTERED, INSPECTING, AVAILABLE, ALLOCATED ->
                        Provisioning.REGISTERED;
                case PROVISIONING, DEPROVISIONING -> Provisioning.PROVISIONING;
                case READY, MAINTENANCE -> Provisioning.READY;
                case FAILED -> Provisioning.FAILED;
                case DECOMMISSIONING, DECOMMISSIONED -> Provisioning.DECOMMISSIONED;
            };
        }
    }

    /// How far it is provisioned, roughly.
    public enum Provisioning { REGISTERED, PROVISIONING, READY, FAILED, DECOMMISSIONED }

    /// Whether it does what it shall.
    public enum Health { HEALTHY, DEGRADED, FAILED }

    /// Its accelerators.
    public record Gpu(String model, int count) {}

    /// What is installed on it.
    ///
    /// @param url where its operator fetches it
    /// @param checksum or the address of one
    /// @param userData whether it boots with data of its own, which a Secret holds
    public record Image(
            String url,
            @Nullable String checksum,
            @Nullable String checksumType,
            @Nullable String format,
            boolean userData) {}

    /// What its host shall be like.
    ///
    /// @param image `null` for nothing installed
    /// @param online whether it shall be powered on
    /// @param maintenance whether Metal3 shall leave it alone
    public record Wanted(@Nullable Image image, boolean online, boolean maintenance) {
        static final Wanted EMPTY = new Wanted(null, false, false);

        Wanted power(boolean on) {
            return new Wanted(image, on, maintenance);
        }

        Wanted maintained(boolean now) {
            return new Wanted(image, online, now);
        }
    }

    /// The same with its controller reached otherwise.
    Machine reached(Controller to) {
        return new Machine(id, organizationId, projectId, region, zone, name, displayName,
                description, labels, tags, persona, to.address(), to.verifyCa(),
                to.bootMacAddress(), gpu, state, stateReason, health, healthCheckedAt,
                failureReasons, wanted, poweredOn, hardware, allocationId, instanceId, runId,
                version, createdBy, createdAt, updatedAt, deletedAt);
    }

    /// The state in which it rests when its host is as wanted.
    State resting() {
        return resting(wanted);
    }

    State resting(Wanted as) {
        return as.maintenance() ? State.MAINTENANCE
                : as.image() != null ? State.READY
                : allocationId != null || instanceId != null
                        ? State.ALLOCATED : State.AVAILABLE;
    }

    @Override
    public String toString() {
        return "server " + name + " (" + id + ")";
    }
}
