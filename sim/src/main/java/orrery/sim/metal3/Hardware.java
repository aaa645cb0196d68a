package orrery.sim.metal3;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import orrery.sim.operator.InstanceType;
import orrery.sim.operator.Nodes;
import orrery.sim.operator.Owners;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// What an inspection finds in a host: the same each time, told from its uid and instance type.
record Hardware(Cluster cluster, Item host) {
    /// Annotation that names the instance type whose hardware the host has.
    static final String TYPE = "orrery.dev/simulated-hardware";

    /// Annotation with the hardware itself, as JSON: the operator's own.
    static final String DETAILS = "inspect.metal3.io/hardwaredetails";

    private static final String USUAL = "sim.metal";
    private static final long DISK = 1_920_383_410_176L;
    private static final int DISKS = 2;

    /// The hardware, kept in a HardwareData object beside the host too.
    ObjectNode found() {
        var hardware = details();
        var place = cluster.get(Metal3.HARDWARE, host.namespace(), host.name());
        if (place.isEmpty()) {
            var object = Json.object();
            Owners.own(host, object);
            Json.child(object, "metadata").put("name", host.name());
            object.putObject("spec").set("hardware", hardware.deepCopy());
            cluster.create(Metal3.HARDWARE, object, Write.by(Metal3.MANAGER));
        } else {
            cluster.change(Metal3.HARDWARE, host.namespace(), host.name(),
                    Write.by(Metal3.MANAGER), object -> {
                        Json.child(object, "spec").set("hardware", hardware.deepCopy());
                        return object;
                    });
        }
        return hardware;
    }

    private ObjectNode details() {
        var annotations = host.tree().path("metadata").path("annotations");
        var given = annotations.path(DETAILS).asText();
        try {
            if (!given.isEmpty() && Json.read(given.getBytes(StandardCharsets.UTF_8))
                    instanceof ObjectNode read) {
                return read;
            }
        } catch (Refusal unreadable) {
            System.getLogger(Hardware.class.getName()).log(System.Logger.Level.DEBUG,
                    () -> DETAILS + " of " + host.name() + ": " + unreadable.getMessage());
        }
        return of(InstanceType.named(annotations.path(TYPE).asText(USUAL)));
    }

    private ObjectNode of(InstanceType type) {
        var hardware = Json.object();
        hardware.putObject("systemVendor").put("manufacturer", "Simulated")
                .put("productName", type.name())
                .put("serialNumber", host.uid().substring(0, 8).toUpperCase(Locale.ROOT));
        hardware.putObject("firmware").putObject("bios").put("vendor", "Simulated")
                .put("version", "1.0").put("date", "01/01/2026");
        hardware.put("ramMebibytes", type.memory() << 10);
        nics(hardware);
        var storage = hardware.putArray("storage");
        for (int i = 0; i < DISKS; i++) {
            storage.addObject().put("name", "/dev/nvme" + i + "n1").put("type", "NVME")
                    .put("rotational", false).put("sizeBytes", DISK).put("vendor", "Simulated")
                    .put("model", "NVMe").put("serialNumber", host.uid().substring(24) + i);
        }
        hardware.putObject("cpu").put("arch", "x86_64").put("model", "Simulated CPU")
                .put("clockMegahertz", 2400).put("count", type.cpus()).putArray("flags");
        return hardware.put("hostname", host.name());
    }

    private void nics(ObjectNode hardware) {
        var boot = host.tree().at("/spec/bootMACAddress").asText();
        int seed = host.uid().hashCode();
        var nics = hardware.putArray("nics");
        for (int i = 0; i < 2; i++) {
            var mac = i == 0 && !boot.isEmpty() ? boot.toLowerCase(Locale.ROOT)
                    : "02:00:%02x:%02x:%02x:%02x".formatted(
                            seed >>> 24 & 255, seed >>> 16 & 255, seed >>> 8 & 255, i);
            var nic = nics.addObject().put("name", "eth" + i).put("model", "0x15b3 0x1017")
                    .put("mac", mac).put("speedGbps", 25).put("vlanId", 0).put("pxe", i == 0);
            if (i == 0) {
                nic.put("ip", Nodes.address(host.uid()));
            }
        }
    }
}
