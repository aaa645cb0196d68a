package orrery.server.infrastructure.machine;

import java.util.Map;
import orrery.kit.Mistakes;
import org.jspecify.annotations.Nullable;

/// What servers have in common.
///
/// @param matchLabels tags that all of them have
/// @param gpuModel of their accelerators; `null` for any
/// @param minGpuCount how many each has at least
/// @param region where they are; `null` for anywhere
public record Selector(
        Map<String, String> matchLabels,
        @Nullable String gpuModel,
        int minGpuCount,
        @Nullable String region) {

    public Selector {
        matchLabels = matchLabels == null ? Map.of() : Map.copyOf(matchLabels);
    }

    /// Notes what is wrong with one below a field.
    public static void check(Mistakes mistakes, String field,
            @Nullable Map<String, String> matchLabels, @Nullable String gpuModel,
            @Nullable Integer minGpuCount, @Nullable String region) {
        var tags = new Mistakes();
        NewMachine.check(tags, null, null, null, matchLabels, null);
        tags.found().forEach(it -> mistakes.add(
                field + "." + it.field().replaceFirst("^tags", "matchLabels"), it.message()));
        mistakes.check(field + ".gpuModel", gpuModel, NewMachine::isCode, NewMachine.CODE_RULE)
                .check(field + ".minGpuCount", minGpuCount,
                        it -> it >= 0 && it <= NewMachine.MOST_GPUS,
                        "must be 0 to " + NewMachine.MOST_GPUS)
                .check(field + ".region", region, NewMachine::isCode, NewMachine.CODE_RULE);
    }
}
