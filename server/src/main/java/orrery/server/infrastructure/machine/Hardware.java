package orrery.server.infrastructure.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// What an inspection found in a server (`status.hardware` of its BareMetalHost). Texts that it
/// did not tell are empty.
public record Hardware(
        String manufacturer,
        String productName,
        String serialNumber,
        String cpuModel,
        String cpuArchitecture,
        int cpuCount,
        long ramMebibytes,
        List<Disk> disks,
        List<Nic> nics) {
    private static final int MOST = 64;

    public record Disk(String name, String type, long sizeBytes) {}

    public record Nic(String name, String mac, int speedGbps) {}

    public Hardware {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
    }

    static Hardware of(JsonNode found) {
        var vendor = found.path("systemVendor");
        var cpu = found.path("cpu");
        var disks = new ArrayList<Disk>();
        for (var disk : found.path("storage")) {
            disks.add(new Disk(disk.path("name").asText(), disk.path("type").asText(),
                    disk.path("sizeBytes").asLong()));
        }
        var nics = new ArrayList<Nic>();
        for (var nic : found.path("nics")) {
            nics.add(new Nic(nic.path("name").asText(), nic.path("mac").asText(),
                    nic.path("speedGbps").asInt()));
        }
        return new Hardware(vendor.path("manufacturer").asText(),
                vendor.path("productName").asText(), vendor.path("serialNumber").asText(),
                cpu.path("model").asText(), cpu.path("arch").asText(), cpu.path("count").asInt(),
                found.path("ramMebibytes").asLong(), disks.stream().limit(MOST).toList(),
                nics.stream().limit(MOST).toList());
    }
}
