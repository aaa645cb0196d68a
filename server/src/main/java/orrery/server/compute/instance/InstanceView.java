package orrery.server.compute.instance;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import orrery.kit.http.Answer;
import orrery.server.compute.instance.Disk.Bus;
import orrery.server.compute.instance.Disk.Mode;
import orrery.server.compute.instance.Disk.Type;
import orrery.server.compute.storage.Volume;
import orrery.server.platform.catalogue.InstanceType;
import org.jspecify.annotations.Nullable;

/// A machine as the cloud family shows it.
///
/// @param type path of its instance type
/// @param externalAddresses by which the world reaches it; addresses are attached to it
/// @param lifecycle the state once more, as the compute clouds write it
/// @param serverId the server that it is, of one of bare metal
/// @param allocationId the allocation that its server was taken from
/// @param currentRunId the last run that changed it
public record InstanceView(
        String id,
        String name,
        String selfLink,
        @Nullable String displayName,
        @Nullable String description,
        String organizationId,
        String projectId,
        String region,
        String zone,
        Map<String, String> labels,
        InstanceType.Kind kind,
        String type,
        int cpuCores,
        int ramGb,
        List<Gpu> gpus,
        List<Disk> disks,
        List<Nic> nics,
        List<String> externalAddresses,
        String hostname,
        List<Metadatum> instanceMetadata,
        Instance.State state,
        Lifecycle lifecycle,
        @Nullable String serverId,
        @Nullable String allocationId,
        @Nullable String currentRunId,
        long version,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    record Lifecycle(String status, @Nullable String statusMessage) {}

    record Gpu(String type, int count) {}

    record Disk(
            int sizeGb,
            @JsonProperty("interface") Bus bus,
            @Nullable String source,
            boolean boot,
            Type type,
            Mode mode) {}

    record Nic(String network, String subnet, @Nullable String ipv4Address,
            @Nullable String ipv6Address, @Nullable Integer vlan, String macAddress) {}

    static InstanceView of(Instance it) {
        return new InstanceView(it.id(), it.name(), "/v1/regions/" + it.region() + "/projects/"
                + it.projectId() + "/compute/instances/" + it.id(), it.displayName(),
                it.description(), it.organizationId(), it.projectId(), it.region(), it.zone(),
                it.labels(), it.kind(), "/v1/regions/" + it.region() + "/zones/" + it.zone()
                        + "/instance-types/" + it.type(), it.cpuCores(), it.ramGb(),
                it.gpus().stream().map(gpu -> new Gpu(gpu.type(), gpu.count())).toList(),
                disks(it),
                it.nics().stream().map(nic -> new Nic(nic.network(), nic.subnet(),
                        nic.ipv4Address(), nic.ipv6Address(), null, nic.macAddress())).toList(),
                it.externalAddresses(), it.hostname(), it.metadata(), it.state(),
                new Lifecycle(it.state().name(), it.stateReason()), it.serverId(),
                it.allocationId(), it.runId(), it.version(), it.createdAt(),
                it.updatedAt(), it.deletedAt());
    }

    /// Its own, and the volumes that it has.
    private static List<Disk> disks(Instance it) {
        return Stream.concat(
                it.disks().stream().map(disk -> new Disk(disk.sizeGb(), disk.bus(),
                        disk.source(), disk.boot(), disk.type(), disk.mode())),
                it.volumes().stream().map(volume -> new Disk(volume.sizeGb(), Bus.SCSI,
                        Volume.link(it.region(), it.projectId(), volume.id()), false,
                        Type.PERSISTENT, Mode.READ_WRITE))).toList();
    }

    /// A change that a run carries out.
    static Answer<InstanceView> accepted(Instances.Accepted accepted) {
        var run = accepted.run();
        var view = of(accepted.instance());
        return Answer.accepted(view, new Answer.RunRef(run.id(), run.type(), run.status().text()))
                .at(view.selfLink()).version(view.version());
    }
}
