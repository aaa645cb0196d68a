package orrery.server.compute.address;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Map;
import orrery.kit.access.Scope;
import orrery.kit.db.Jsonb;
import orrery.kit.events.Subject;
import org.jspecify.annotations.Nullable;

/// An address that a project has.
///
/// @param ipAddress as PostgreSQL prints it (RFC 5952)
/// @param networkId `null` for an external one
/// @param attachedKind kind of what uses it: `instance`; `null` when nothing does
/// @param attachedTo identifier of what uses it
/// @param bound whether it was made for what it is attached to, and goes with it
public record Address(
        String id,
        String organizationId,
        String projectId,
        String region,
        String name,
        @Nullable String displayName,
        @Nullable String description,
        @Jsonb Map<String, String> labels,
        String ipAddress,
        Version ipVersion,
        Type addressType,
        @Nullable String networkId,
        String subnetId,
        @Nullable String attachedKind,
        @Nullable String attachedTo,
        boolean bound,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    /// @see Address
    public enum Version { @JsonProperty("IPV4") IPV4, @JsonProperty("IPV6") IPV6 }

    /// Who can reach it: the world, or the project.
    public enum Type { @JsonProperty("EXTERNAL") EXTERNAL, @JsonProperty("INTERNAL") INTERNAL }

    /// @see Address
    public enum State { AVAILABLE, @JsonProperty("inUse") IN_USE, RELEASED }

    public Address {
        labels = Map.copyOf(labels);
    }

    public State state() {
        return deletedAt != null ? State.RELEASED
                : attachedTo != null ? State.IN_USE : State.AVAILABLE;
    }

    public Scope place() {
        return Scope.project(organizationId, projectId);
    }

    /// What uses it; `null` when nothing does.
    public @Nullable Subject user() {
        return attachedKind == null || attachedTo == null ? null
                : new Subject(attachedKind, attachedTo);
    }
}
