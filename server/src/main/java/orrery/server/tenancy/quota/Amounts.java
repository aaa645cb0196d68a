package orrery.server.tenancy.quota;

import java.util.LinkedHashMap;
import java.util.Map;

/// How much of each thing that is counted.
///
/// @param ramGb 2³⁰ bytes
/// @param storageTb 2⁴⁰ bytes
public record Amounts(
        long gpuCount, long cpuCores, long ramGb, long storageTb, long clusterCount) {
    public static final Amounts NONE = new Amounts(0, 0, 0, 0, 0);

    /// One cluster, whose nodes are not counted: what is in them only their region knows.
    public static final Amounts CLUSTER = new Amounts(0, 0, 0, 0, 1);

    Amounts minus(Amounts other) {
        return new Amounts(gpuCount - other.gpuCount, cpuCores - other.cpuCores,
                ramGb - other.ramGb, storageTb - other.storageTb,
                clusterCount - other.clusterCount);
    }

    /// By the names that quotas have on the wire.
    Map<String, Long> byName() {
        var all = new LinkedHashMap<String, Long>();
        all.put("gpuCount", gpuCount);
        all.put("cpuCores", cpuCores);
        all.put("ramGb", ramGb);
        all.put("storageTb", storageTb);
        all.put("clusterCount", clusterCount);
        return all;
    }
}
