package orrery.sim.api;

import java.util.Locale;
import orrery.sim.type.Refusal;

/// How an answer is to look, by the request's `Accept`.
enum Format {
    /// The objects as they are.
    PLAIN,
    /// meta.k8s.io/v1 Table, for `kubectl get`.
    TABLE,
    /// meta.k8s.io/v1 PartialObjectMetadata.
    METADATA;

    /// The first form asked for that we have.
    ///
    /// @throws Refusal 406 when there is none
    static Format of(Call call) {
        String accept = call.header("Accept").toLowerCase(Locale.ROOT);
        if (accept.isBlank()) {
            return PLAIN;
        }
        for (String one : accept.split(",")) {
            String range = one.strip();
            boolean json = range.startsWith("application/json") || range.startsWith("*/*")
                    || range.startsWith("application/*");
            if (!json) {
                continue;
            }
            if (!range.contains("as=")) {
                return PLAIN;
            }
            if (range.contains("g=meta.k8s.io") && range.contains("v=v1")) {
                if (range.contains("as=table")) {
                    return TABLE;
                }
                if (range.contains("as=partialobjectmetadata")) {
                    return METADATA;
                }
            }
        }
        throw Refusal.plain(406, "NotAcceptable", "only the following media types are accepted:"
                + " application/json, application/json;as=Table;v=v1;g=meta.k8s.io,"
                + " application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
    }
}
