package orrery.server.compute.network;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A part of a network. The system makes and removes it.
///
/// @param ipv4Cidr `null` in a network of IPv6
/// @param ipv6Cidr `null` in a network of IPv4
public record Subnet(
        String id,
        String networkId,
        String name,
        @Nullable String ipv4Cidr,
        @Nullable String ipv6Cidr,
        Instant createdAt) {}
