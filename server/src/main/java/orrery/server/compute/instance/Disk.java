package orrery.server.compute.instance;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/// A disk of a machine.
///
/// @param sizeGb 2³⁰ bytes
/// @param source path of the image that it begins with; `null` for an empty one
/// @param url where the region fetches that image from
/// @param checksum of that image, or the address of one; `null` where the catalogue says none
public record Disk(
        int sizeGb,
        Bus bus,
        @Nullable String source,
        @Nullable String url,
        @Nullable String checksum,
        boolean boot,
        Type type,
        Mode mode) {

    /// How the guest sees it.
    public enum Bus {
        @JsonProperty("SCSI") SCSI,
        @JsonProperty("NVME") NVME
    }

    /// How long it lives.
    public enum Type {
        /// As long as the machine.
        @JsonProperty("PERSISTENT") PERSISTENT,
        /// Until the machine stops.
        @JsonProperty("TEMPORARY") TEMPORARY
    }

    /// @see Disk
    public enum Mode {
        @JsonProperty("READ_ONLY") READ_ONLY,
        @JsonProperty("READ_WRITE") READ_WRITE
    }
}
