package orrery.server.tenancy.quota;

import java.util.LinkedHashMap;
import java.util.Map;

/// How much of each thing that is counted.
///
/// @param ramGb 2³⁰ bytes
/// @param storageGb 2³⁰ bytes
public record Amounts(
        long gpuCount, long cpuCores, long ramGb, long storageGb, long clusterCount,
        long addressCount) {
    private static final int GB_IN_TB = 1024;

    public static final Amounts NONE = new Amounts(0, 0, 0, 0, 0, 0);

    /// One cluster without its nodes.
    public static final Amounts CLUSTER = new Amounts(0, 0, 0, 0, 1, 0);

    /// One address, of whatever kind.
    public static final Amounts ADDRESS = new Amounts(0, 0, 0, 0, 0, 1);

    /// Storage and nothing else.
    public static Amounts storage(long gb) {
        return new Amounts(0, 0, 0, gb, 0, 0);
    }

    /// The storage as quotas limit and show it: 2⁴⁰ bytes, those included that were begun.
    public long storageTb() {
        return Math.ceilDiv(storageGb, GB_IN_TB);
    }

    /// Both together.
    public Amounts plus(Amounts other) {
        return new Amounts(gpuCount + other.gpuCount, cpuCores + other.cpuCores,
                ramGb + other.ramGb, storageGb + other.storageGb,
                clusterCount + other.clusterCount, addressCount + other.addressCount);
    }

    /// As much of each as the one or the other has.
    public Amounts most(Amounts other) {
        return new Amounts(Math.max(gpuCount, other.gpuCount), Math.max(cpuCores, other.cpuCores),
                Math.max(ramGb, other.ramGb), Math.max(storageGb, other.storageGb),
                Math.max(clusterCount, other.clusterCount),
                Math.max(addressCount, other.addressCount));
    }

    Amounts minus(Amounts other) {
        return new Amounts(gpuCount - other.gpuCount, cpuCores - other.cpuCores,
                ramGb - other.ramGb, storageGb - other.storageGb,
                clusterCount - other.clusterCount, addressCount - other.addressCount);
    }

    /// By the names that quotas have on the wire.
    Map<String, Long> byName() {
        var all = new LinkedHashMap<String, Long>();
        all.put("gpuCount", gpuCount);
        all.put("cpuCores", cpuCores);
        all.put("ramGb", ramGb);
        all.put("storageTb", storageTb());
        all.put("clusterCount", clusterCount);
        all.put("addressCount", addressCount);
        return all;
    }
}
