package orrery.server.compute.subnet;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import orrery.kit.access.Scope;
import orrery.kit.db.Jsonb;
import orrery.server.compute.network.Cidr;
import org.jspecify.annotations.Nullable;

/// A range that addresses are given out of: a part of a project's network, or public addresses
/// that operators gave a region.
///
/// @param networkId `null` for an external one
/// @param ipv4Cidr `null` where there is no IPv4
/// @param ipv6Cidr `null` where there is no IPv6
public record Subnet(
        String id,
        String organizationId,
        String projectId,
        String region,
        String name,
        @Nullable String displayName,
        @Nullable String description,
        @Jsonb Map<String, String> labels,
        Role role,
        @Nullable String networkId,
        @Nullable String ipv4Cidr,
        @Nullable String ipv6Cidr,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    /// Whose addresses are in it: the project's own, or the world's.
    public enum Role { INTERNAL, EXTERNAL }

    public Subnet {
        labels = Map.copyOf(labels);
    }

    /// Its one or two ranges.
    public List<Cidr> ranges() {
        return Stream.of(Optional.ofNullable(ipv4Cidr), Optional.ofNullable(ipv6Cidr))
                .flatMap(Optional::stream).map(text -> Cidr.parse(text).orElseThrow()).toList();
    }

    /// Whether it has addresses of IPv4, or of IPv6.
    public boolean has(boolean ipv4) {
        return (ipv4 ? ipv4Cidr : ipv6Cidr) != null;
    }

    public Scope place() {
        return Scope.project(organizationId, projectId);
    }
}
