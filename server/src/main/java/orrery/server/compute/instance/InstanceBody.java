package orrery.server.compute.instance;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.http.Patch;
import orrery.server.compute.instance.Disk.Bus;
import orrery.server.compute.instance.Disk.Mode;
import orrery.server.compute.instance.Disk.Type;
import org.jspecify.annotations.Nullable;

/// What the cloud family sends about machines.
final class InstanceBody {
    private InstanceBody() {}

    /// A disk, as a POST asks for it.
    record NewDisk(
            @Nullable Integer sizeGb,
            @JsonProperty("interface") @Nullable Bus bus,
            @Nullable String source,
            @Nullable Boolean boot,
            @Nullable Type type,
            @Nullable Mode mode) {
        NewInstance.Disk input() {
            return new NewInstance.Disk(sizeGb, bus == null ? Bus.SCSI : bus, source,
                    boot != null && boot, type == null ? Type.PERSISTENT : type,
                    mode == null ? Mode.READ_WRITE : mode);
        }
    }

    /// A place in a network, as a POST asks for it.
    record NewNic(
            @Nullable String network,
            @Nullable String subnet,
            @Nullable String ipv4Address,
            @Nullable String ipv6Address,
            @Nullable Integer vlan) {
        NewInstance.Nic input() {
            return new NewInstance.Nic(network, subnet, ipv4Address, ipv6Address, vlan);
        }
    }

    /// GPUs, as a POST asks for them. A count that is not said is 1.
    record NewGpu(String type, @Nullable Integer count) {
        NewInstance.Gpu input() {
            return new NewInstance.Gpu(type, count == null ? 1 : count);
        }
    }

    /// The body of a POST.
    ///
    /// @param serverId a server that the project has from a pool, for bare metal
    /// @param allocationId an allocation of the project, for bare metal: any of its servers
    record New(
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            @Nullable Map<String, String> labels,
            String type,
            @Nullable String zone,
            @Nullable String hostname,
            @Nullable List<Metadatum> instanceMetadata,
            @Nullable List<NewDisk> disks,
            @Nullable List<NewNic> nics,
            @Nullable List<NewGpu> gpus,
            @Nullable String serverId,
            @Nullable String allocationId) {
        New {
            made(name, displayName, description, labels, type, zone, hostname,
                    instanceMetadata, disks, nics, gpus, serverId, allocationId);
        }

        NewInstance input() {
            return made(name, displayName, description, labels, type, zone, hostname,
                    instanceMetadata, disks, nics, gpus, serverId, allocationId);
        }

        private static NewInstance made(@Nullable String name, @Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels, String type,
                @Nullable String zone, @Nullable String hostname,
                @Nullable List<Metadatum> metadata, @Nullable List<NewDisk> disks,
                @Nullable List<NewNic> nics, @Nullable List<NewGpu> gpus,
                @Nullable String serverId, @Nullable String allocationId) {
            return new NewInstance(name, displayName, description,
                    labels == null ? Map.of() : labels, type, zone, hostname,
                    metadata == null ? List.of() : metadata,
                    disks == null ? List.of() : disks.stream().map(NewDisk::input).toList(),
                    nics == null ? null : nics.stream().map(NewNic::input).toList(),
                    gpus == null ? List.of() : gpus.stream().map(NewGpu::input).toList(),
                    serverId, allocationId);
        }
    }

    /// The body of a PATCH. What is absent stays.
    record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<Map<String, String>> labels,
            Patch<List<Metadatum>> instanceMetadata) {
        Change {
            new Mistakes().unless(!(displayName.isAbsent() && description.isAbsent()
                    && labels.isAbsent() && instanceMetadata.isAbsent()), "body",
                    "must change displayName, description, labels or instanceMetadata")
                    .orRefuse();
            change(displayName.or(null), description.or(null), labels.or(null),
                    instanceMetadata.or(null));
        }

        Instances.Change of(Instance old) {
            return change(displayName.or(old.displayName()), description.or(old.description()),
                    labels.or(old.labels()), instanceMetadata.or(old.metadata()));
        }

        private static Instances.Change change(@Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels,
                @Nullable List<Metadatum> metadata) {
            return new Instances.Change(displayName, description,
                    labels == null ? Map.of() : labels,
                    metadata == null ? List.of() : metadata);
        }
    }
}
