package orrery.server.tenancy.quota;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.http.Patch;

/// How the cloud family shows quotas of organizations and of projects, and takes changes of them.
final class QuotaViews {
    private QuotaViews() {}

    record Usage(
            long gpuCount,
            long cpuCores,
            long ramGb,
            long storageTb,
            long clusterCount,
            long addressCount) {
        static Usage of(Amounts it) {
            return new Usage(it.gpuCount(), it.cpuCores(), it.ramGb(), it.storageTb(),
                    it.clusterCount(), it.addressCount());
        }
    }

    /// @param gpuCount a limit, as the next five; `null` for none
    record View(
            String selfLink,
            String organizationId,
            @Nullable String projectId,
            @Nullable Long gpuCount,
            @Nullable Long cpuCores,
            @Nullable Long ramGb,
            @Nullable Long storageTb,
            @Nullable Long clusterCount,
            @Nullable Long addressCount,
            Usage usage,
            long version,
            @Nullable Instant updatedAt) {
        static View of(Quota it) {
            var path = "/v1/regions/global/" + (it.projectId() == null
                    ? "organizations/" + it.organizationId() : "projects/" + it.projectId());
            return new View(path + "/quotas", it.organizationId(), it.projectId(), it.gpuCount(),
                    it.cpuCores(), it.ramGb(), it.storageTb(), it.clusterCount(),
                    it.addressCount(), Usage.of(it.used()), it.version(), it.updatedAt());
        }
    }

    /// `null` takes a limit away.
    record Change(
            Patch<Long> gpuCount,
            Patch<Long> cpuCores,
            Patch<Long> ramGb,
            Patch<Long> storageTb,
            Patch<Long> clusterCount,
            Patch<Long> addressCount) {
        Change {
            var mistakes = new Mistakes().unless(!gpuCount.isAbsent() || !cpuCores.isAbsent()
                            || !ramGb.isAbsent() || !storageTb.isAbsent()
                            || !clusterCount.isAbsent() || !addressCount.isAbsent(),
                    "body", "must change gpuCount, cpuCores, ramGb, storageTb, clusterCount or"
                            + " addressCount");
            Quota.check(mistakes, "gpuCount", gpuCount.or(null));
            Quota.check(mistakes, "cpuCores", cpuCores.or(null));
            Quota.check(mistakes, "ramGb", ramGb.or(null));
            Quota.check(mistakes, "storageTb", storageTb.or(null));
            Quota.check(mistakes, "clusterCount", clusterCount.or(null));
            Quota.check(mistakes, "addressCount", addressCount.or(null));
            mistakes.orRefuse();
        }

        Quota.Limits of(Quota old) {
            return new Quota.Limits(gpuCount.or(old.gpuCount()), cpuCores.or(old.cpuCores()),
                    ramGb.or(old.ramGb()), storageTb.or(old.storageTb()),
                    clusterCount.or(old.clusterCount()), addressCount.or(old.addressCount()));
        }
    }
}
