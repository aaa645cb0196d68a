package orrery.server.infrastructure.machine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a server must have to be of a size that a region offers. A server may be of several sizes.
///
/// @param code of the size, in its region
/// @param zones where it is offered
/// @param cpuCores at least
/// @param ramGb at least, 2³⁰ bytes
/// @param gpuModel of its accelerators; `null` for a server without any
/// @param gpuCount how many of them, neither less nor more
public record Size(
        String region,
        String code,
        List<String> zones,
        int cpuCores,
        int ramGb,
        @Nullable String gpuModel,
        int gpuCount) {

    public Size {
        zones = List.copyOf(zones);
    }
}
