package orrery.server.platform.catalogue;

import java.time.Instant;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;
import org.jspecify.annotations.Nullable;

/// A model of GPUs.
///
/// @param code how paths and bodies call it: `nvidia-h100-80gb`
/// @param memoryGb of one, 2³⁰ bytes
/// @param deviceName what Kubernetes calls it: an extended resource of nodes
public record GpuType(
        String region,
        String code,
        String displayName,
        String vendor,
        int memoryGb,
        String deviceName,
        OfferState state,
        long version,
        Instant createdAt,
        Instant updatedAt) {

    /// Everything of it that an operator says.
    record Description(
            String code,
            String displayName,
            String vendor,
            int memoryGb,
            String deviceName,
            OfferState state) {
        private static final int MOST_MEMORY = 65_536;
        private static final Pattern DEVICE = Pattern.compile(
                "[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?/[A-Za-z0-9]([-._A-Za-z0-9]{0,61}"
                        + "[A-Za-z0-9])?");

        Description {
            var mistakes = Rules.checkCode(new Mistakes(), "code", code);
            check(mistakes, displayName, vendor, memoryGb, deviceName);
            mistakes.orRefuse();
        }

        static void check(Mistakes mistakes, @Nullable String displayName,
                @Nullable String vendor, @Nullable Integer memoryGb,
                @Nullable String deviceName) {
            Rules.checkText(mistakes, "displayName", displayName);
            Rules.checkText(mistakes, "vendor", vendor);
            Rules.checkCount(mistakes, "memoryGb", memoryGb, MOST_MEMORY);
            mistakes.check("deviceName", deviceName, it -> DEVICE.matcher(it).matches(),
                    "must be an extended resource of Kubernetes, such as nvidia.com/gpu");
        }
    }

    Description description() {
        return new Description(code, displayName, vendor, memoryGb, deviceName, state);
    }
}
