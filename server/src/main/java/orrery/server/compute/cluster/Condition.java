package orrery.server.compute.cluster;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One thing the management cluster says about a cluster (Kubernetes API conventions).
///
/// @param status `True`, `False` or `Unknown`
/// @param since when the status became so; `null` when it did not say
public record Condition(
        String type, String status, String reason, String message, @Nullable Instant since) {}
