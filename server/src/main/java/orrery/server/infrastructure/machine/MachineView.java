package orrery.server.infrastructure.machine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A server as the cloud family shows it: without name and password of its controller.
///
/// @param state where it is in its life, and `provisioningState` the same in fewer words
/// @param image address of what is installed; `null` for nothing
/// @param instanceId the instance of a project that it is; `null` for none
/// @param currentRunId the last run that changed it
public record MachineView(
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
        Map<String, String> tags,
        @Nullable String persona,
        String bmcAddress,
        Bmc bmc,
        Machine.State state,
        Machine.Provisioning provisioningState,
        @Nullable String stateReason,
        Health healthStatus,
        Power power,
        Specs hardwareSpecs,
        @Nullable String image,
        @Nullable String allocationId,
        @Nullable String instanceId,
        @Nullable String currentRunId,
        long version,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    public record Bmc(String address, BmcAddress.Protocol protocol, boolean verifyCa,
            @Nullable String bootMacAddress) {}

    public record Health(Machine.Health status, @Nullable Instant lastCheckTime,
            List<String> failureReasons) {}

    public enum Switch { ON, OFF, UNKNOWN }

    /// @param state when it was last looked at
    public record Power(Switch wanted, Switch state) {}

    public record Specs(Cpu cpu, Ram ram, Gpu gpu, List<Disk> storage, List<Nic> nics,
            Vendor vendor) {}

    public record Cpu(@Nullable String model, @Nullable String architecture,
            @Nullable Integer count) {}

    public record Ram(@Nullable Long value, String unit) {}

    public record Gpu(@Nullable String model, int count) {}

    public record Disk(String name, String type, long sizeBytes) {}

    public record Nic(String name, String macAddress, int speedGbps) {}

    public record Vendor(@Nullable String manufacturer, @Nullable String productName,
            @Nullable String serialNumber) {}

    public static MachineView of(Machine m) {
        var image = m.wanted().image();
        return new MachineView(m.id(), m.name(), link(m), m.displayName(), m.description(),
                m.organizationId(), m.projectId(), m.region(), m.zone(), m.labels(), m.tags(),
                said(m.persona()), m.bmcAddress(), new Bmc(
                        m.bmcAddress(), BmcAddress.protocol(m.bmcAddress()), m.verifyCa(),
                        m.bootMacAddress()),
                m.state(), m.state().provisioning(), m.stateReason(),
                new Health(m.health(), m.healthCheckedAt(), m.failureReasons()),
                new Power(on(m.wanted().online()), on(m.poweredOn())), specs(m),
                image == null ? null : image.url(), m.allocationId(),
                m.instanceId(), m.runId(), m.version(), m.createdAt(), m.updatedAt(),
                m.deletedAt());
    }

    static String link(Machine m) {
        return "/v1/regions/" + m.region() + "/projects/" + m.projectId()
                + "/infrastructure/servers/" + m.id();
    }

    private static Specs specs(Machine m) {
        var gpu = m.gpu() == null ? new Gpu(null, 0) : new Gpu(m.gpu().model(), m.gpu().count());
        var found = m.hardware();
        if (found == null) {
            return new Specs(new Cpu(null, null, null), new Ram(null, "MiB"), gpu, List.of(),
                    List.of(), new Vendor(null, null, null));
        }
        return new Specs(
                new Cpu(said(found.cpuModel()), said(found.cpuArchitecture()), found.cpuCount()),
                new Ram(found.ramMebibytes(), "MiB"), gpu,
                found.disks().stream()
                        .map(d -> new Disk(d.name(), d.type(), d.sizeBytes())).toList(),
                found.nics().stream()
                        .map(n -> new Nic(n.name(), n.mac(), n.speedGbps())).toList(),
                new Vendor(said(found.manufacturer()), said(found.productName()),
                        said(found.serialNumber())));
    }

    private static @Nullable String said(String text) {
        return text.isEmpty() ? null : text;
    }

    private static Switch on(@Nullable Boolean powered) {
        return powered == null ? Switch.UNKNOWN : powered ? Switch.ON : Switch.OFF;
    }
}
