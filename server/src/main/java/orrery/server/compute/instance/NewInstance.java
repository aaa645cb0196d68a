package orrery.server.compute.instance;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.Slug;
import orrery.server.compute.instance.Disk.Bus;
import orrery.server.compute.instance.Disk.Mode;
import orrery.server.compute.instance.Disk.Type;
import orrery.server.tenancy.project.Labels;
import org.jspecify.annotations.Nullable;

/// A machine that somebody asks for. It holds nothing that could not be made of it in some region.
///
/// @param name `null` for one of ours
/// @param type code or path of an instance type
/// @param zone `null` for the one in the type's path, or the first where the type is offered
/// @param hostname `null` for the name
/// @param nics `null` for one in the project's default network
/// @param serverId the server that it shall be, of one of bare metal; `null` for any
/// @param allocationId the project's allocation that it is taken from; `null` for any or none
public record NewInstance(
        @Nullable String name,
        @Nullable String displayName,
        @Nullable String description,
        Map<String, String> labels,
        String type,
        @Nullable String zone,
        @Nullable String hostname,
        List<Metadatum> metadata,
        List<Disk> disks,
        @Nullable List<Nic> nics,
        List<Gpu> gpus,
        @Nullable String serverId,
        @Nullable String allocationId) {
    private static final int MOST_DISKS = 16;
    private static final int MOST_NICS = 8;
    private static final int MOST_GPUS = 16;
    private static final int LARGEST_DISK = 65_536;
    private static final int MOST_VLANS = 4_094;

    /// @param sizeGb `null` for the type's, on the boot disk
    /// @param source code or path of an image, identifier or path of a volume; `null` for an empty
    ///     disk
    public record Disk(
            @Nullable Integer sizeGb,
            Bus bus,
            @Nullable String source,
            boolean boot,
            Type type,
            Mode mode) {
        /// Whether it is a volume that there is already.
        boolean isVolume() {
            return source != null
                    && (source.startsWith("vol_") || source.contains("/compute/storage/"));
        }
    }

    /// @param network identifier, name or path; `null` for the subnet's, or the default one
    /// @param subnet identifier, name or path; `null` for any of the network's
    /// @param ipv4Address `null` for any that is free, as the other
    public record Nic(
            @Nullable String network,
            @Nullable String subnet,
            @Nullable String ipv4Address,
            @Nullable String ipv6Address,
            @Nullable Integer vlan) {}

    /// @param type code or path of a GPU type
    public record Gpu(String type, int count) {}

    public NewInstance {
        labels = Map.copyOf(labels);
        metadata = List.copyOf(metadata);
        disks = List.copyOf(disks);
        nics = nics == null ? null : List.copyOf(nics);
        gpus = List.copyOf(gpus);
        var mistakes = Naming.check(new Mistakes(), name, displayName, description)
                .check("type", type, Reference::isOne, Reference.RULE)
                .check("zone", zone, Reference::isOne, Reference.RULE)
                .check("hostname", hostname, Slug::isSlug, Slug.RULE)
                .check("serverId", serverId, Reference::isOne, Reference.RULE)
                .check("allocationId", allocationId, Reference::isOne, Reference.RULE);
        Labels.check(mistakes, "labels", labels);
        Metadatum.check(mistakes, metadata);
        checkDisks(mistakes, disks);
        mistakes.check("nics", nics, it -> it.size() <= MOST_NICS,
                "must have at most " + MOST_NICS + " entries");
        for (int i = 0; nics != null && i < nics.size(); i++) {
            check(mistakes, "nics[" + i + "].", nics.get(i));
        }
        checkGpus(mistakes, gpus);
        mistakes.orRefuse();
    }

    private static void checkDisks(Mistakes mistakes, List<Disk> disks) {
        mistakes.unless(disks.size() <= MOST_DISKS, "disks",
                        "must have at most " + MOST_DISKS + " entries")
                .unless(disks.stream().filter(Disk::boot).count() == 1, "disks",
                        "must have exactly one boot disk");
        for (int i = 0; i < disks.size(); i++) {
            var disk = disks.get(i);
            var at = "disks[" + i + "].";
            if (disk.isVolume()) {
                checkVolume(mistakes, at, disk);
                continue;
            }
            boolean isTemporary = disk.type() == Type.TEMPORARY;
            boolean isReadOnly = disk.mode() == Mode.READ_ONLY;
            mistakes.check(at + "sizeGb", disk.sizeGb(), it -> it >= 1 && it <= LARGEST_DISK,
                            "must be 1 to " + LARGEST_DISK)
                    .unless(disk.sizeGb() != null || disk.boot(), at + "sizeGb",
                            "is required but for the boot disk")
                    .check(at + "source", disk.source(), Reference::isOne, Reference.RULE)
                    .unless(!disk.boot() || disk.source() != null, at + "source",
                            "is required for the boot disk: name an image")
                    .unless(!isTemporary || disk.source() == null, at + "source",
                            "must be left out for a temporary disk: it begins empty")
                    .unless(!disk.boot() || !isTemporary, at + "type",
                            "must be PERSISTENT for the boot disk")
                    .unless(!disk.boot() || !isReadOnly, at + "mode",
                            "must be READ_WRITE for the boot disk");
        }
    }

    private static void checkVolume(Mistakes mistakes, String at, Disk disk) {
        mistakes.check(at + "source", disk.source(), Reference::isOne, Reference.RULE)
                .unless(disk.sizeGb() == null, at + "sizeGb",
                        "must be left out for a volume: it has its own")
                .unless(!disk.boot(), at + "boot", "must be false for a volume: boot an image")
                .unless(disk.bus() == Bus.SCSI, at + "interface", "must be SCSI for a volume")
                .unless(disk.type() == Type.PERSISTENT, at + "type",
                        "must be PERSISTENT for a volume")
                .unless(disk.mode() == Mode.READ_WRITE, at + "mode",
                        "must be READ_WRITE for a volume");
    }

    private static void check(Mistakes mistakes, String at, Nic nic) {
        mistakes.check(at + "network", nic.network(), Reference::isOne, Reference.RULE)
                .check(at + "subnet", nic.subnet(), Reference::isOne, Reference.RULE)
                .check(at + "ipv4Address", nic.ipv4Address(), IpAddress::isV4,
                        "must be an IPv4 address such as 10.1.0.5")
                .check(at + "ipv6Address", nic.ipv6Address(), IpAddress::isV6,
                        "must be an IPv6 address such as fd00::5")
                .check(at + "vlan", nic.vlan(), it -> it >= 1 && it <= MOST_VLANS,
                        "must be 1 to " + MOST_VLANS);
    }

    private static void checkGpus(Mistakes mistakes, List<Gpu> gpus) {
        var types = new HashSet<String>();
        for (int i = 0; i < gpus.size(); i++) {
            var gpu = gpus.get(i);
            var at = "gpus[" + i + "].";
            mistakes.check(at + "type", gpu.type(), Reference::isOne, Reference.RULE)
                    .check(at + "type", gpu.type(), types::add, "is named twice")
                    .unless(gpu.count() >= 1 && gpu.count() <= MOST_GPUS, at + "count",
                            "must be 1 to " + MOST_GPUS);
        }
    }
}
