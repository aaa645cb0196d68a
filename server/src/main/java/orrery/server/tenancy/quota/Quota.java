package orrery.server.tenancy.quota;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.db.Jsonb;

/// How much an organization, or one of its projects, may have and has.
///
/// @param projectId `null` for the organization as a whole
/// @param gpuCount a limit, as the other five; `null` for none
public record Quota(
        String organizationId,
        @Nullable String projectId,
        @Nullable Long gpuCount,
        @Nullable Long cpuCores,
        @Nullable Long ramGb,
        @Nullable Long storageTb,
        @Nullable Long clusterCount,
        @Nullable Long addressCount,
        @Jsonb Amounts used,
        long version,
        @Nullable Instant updatedAt) {

    /// New limits; `null` for none.
    public record Limits(
            @Nullable Long gpuCount,
            @Nullable Long cpuCores,
            @Nullable Long ramGb,
            @Nullable Long storageTb,
            @Nullable Long clusterCount,
            @Nullable Long addressCount) {
        public Limits {
            var mistakes = new Mistakes();
            check(mistakes, "gpuCount", gpuCount);
            check(mistakes, "cpuCores", cpuCores);
            check(mistakes, "ramGb", ramGb);
            check(mistakes, "storageTb", storageTb);
            check(mistakes, "clusterCount", clusterCount);
            check(mistakes, "addressCount", addressCount);
            mistakes.orRefuse();
        }

        /// By the names that they have on the wire.
        Map<String, @Nullable Long> byName() {
            var all = new LinkedHashMap<String, @Nullable Long>();
            all.put("gpuCount", gpuCount);
            all.put("cpuCores", cpuCores);
            all.put("ramGb", ramGb);
            all.put("storageTb", storageTb);
            all.put("clusterCount", clusterCount);
            all.put("addressCount", addressCount);
            return all;
        }
    }

    static void check(Mistakes mistakes, String field, @Nullable Long limit) {
        mistakes.check(field, limit, it -> it >= 0, "must be 0 or more, or null for no limit");
    }

    /// One without limits, of which nothing was used.
    static Quota none(String organization, @Nullable String project) {
        return new Quota(organization, project, null, null, null, null, null, null, Amounts.NONE,
                1, null);
    }

    Limits limits() {
        return new Limits(gpuCount, cpuCores, ramGb, storageTb, clusterCount, addressCount);
    }
}
