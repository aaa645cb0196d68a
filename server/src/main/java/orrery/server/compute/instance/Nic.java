package orrery.server.compute.instance;

import org.jspecify.annotations.Nullable;

/// A machine's place in a network.
///
/// @param network identifier
/// @param subnet identifier
/// @param ipv4Address its own; `null` in a subnet without IPv4
/// @param ipv4Cidr of the subnet
/// @param ipv4Gateway its network's way out, or by custom the subnet's first address
public record Nic(
        String network,
        String subnet,
        @Nullable String ipv4Address,
        @Nullable String ipv6Address,
        String macAddress,
        @Nullable String ipv4Cidr,
        @Nullable String ipv6Cidr,
        @Nullable String ipv4Gateway,
        @Nullable String ipv6Gateway) {}
