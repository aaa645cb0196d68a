package orrery.server.platform.catalogue;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import orrery.kit.Mistakes;
import orrery.kit.db.Jsonb;
import org.jspecify.annotations.Nullable;

/// A size of machines in a region.
///
/// @param code how paths and bodies call it: `vm.small`
/// @param ramGb 2³⁰ bytes
/// @param gpuType code of the GPUs that it comes with; `null` without
/// @param diskGb of the boot disk unless something else is asked for, 2³⁰ bytes
/// @param zones codes of those where it is offered
public record InstanceType(
        String region,
        String code,
        String displayName,
        Kind kind,
        int cpuCores,
        int ramGb,
        @Nullable String gpuType,
        int gpuCount,
        int diskGb,
        @Jsonb List<String> zones,
        OfferState state,
        long version,
        Instant createdAt,
        Instant updatedAt) {

    /// What stands behind a machine.
    public enum Kind {
        @JsonProperty("vm") VM("vm"),
        @JsonProperty("bareMetal") BAREMETAL("bareMetal");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /// As it is stored and shown.
        public String text() {
            return text;
        }
    }

    /// Everything of it that an operator says.
    ///
    /// @param gpuType `null` without
    /// @param zones empty for all zones that its region has
    record Description(
            String code,
            String displayName,
            Kind kind,
            int cpuCores,
            int ramGb,
            @Nullable String gpuType,
            int gpuCount,
            int diskGb,
            List<String> zones,
            OfferState state) {
        private static final int MOST_CORES = 4_096;
        private static final int MOST_RAM = 65_536;
        private static final int MOST_GPUS = 64;
        private static final int MOST_DISK = 1 << 20;

        Description {
            zones = List.copyOf(zones);
            var mistakes = Rules.checkCode(new Mistakes(), "code", code);
            Rules.checkText(mistakes, "displayName", displayName);
            check(mistakes, cpuCores, ramGb, diskGb);
            mistakes.unless(gpuType == null ? gpuCount == 0
                    : gpuCount >= 1 && gpuCount <= MOST_GPUS, "gpu.count",
                    "must be 1 to " + MOST_GPUS);
            mistakes.orRefuse();
        }

        static void check(Mistakes mistakes, @Nullable Integer cpuCores,
                @Nullable Integer ramGb, @Nullable Integer diskGb) {
            Rules.checkCount(mistakes, "cpuCores", cpuCores, MOST_CORES);
            Rules.checkCount(mistakes, "ramGb", ramGb, MOST_RAM);
            Rules.checkCount(mistakes, "diskGb", diskGb, MOST_DISK);
        }
    }

    public InstanceType {
        zones = List.copyOf(zones);
    }

    Description description() {
        return new Description(code, displayName, kind, cpuCores, ramGb, gpuType, gpuCount, diskGb,
                zones, state);
    }
}
