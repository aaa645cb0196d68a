package orrery.server.compute.address;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.server.compute.network.Cidr;
import orrery.server.tenancy.project.Labels;

/// An address that somebody asks for.
///
/// @param name `null` for one of ours
/// @param ipAddress of an internal one; `null` for any that is free
/// @param ipVersion `null` for what the address says, else what there is, IPv4 before IPv6
/// @param network identifier or name; internal ones name a network, a subnet, or both
/// @param subnet identifier or name
public record NewAddress(
        @Nullable String name,
        @Nullable String displayName,
        @Nullable String description,
        Map<String, String> labels,
        Address.Type type,
        @Nullable String ipAddress,
        Address.@Nullable Version ipVersion,
        @Nullable String network,
        @Nullable String subnet) {

    public NewAddress {
        labels = Map.copyOf(labels);
        var mistakes = Naming.check(new Mistakes(), name, displayName, description);
        Labels.check(mistakes, "labels", labels);
        boolean isInternal = type == Address.Type.INTERNAL;
        mistakes.unless(isInternal || ipAddress == null, "ipAddress",
                        "can be chosen for INTERNAL addresses only")
                .unless(isInternal || network == null, "network",
                        "goes with INTERNAL addresses only")
                .unless(isInternal || subnet == null, "subnetwork",
                        "goes with INTERNAL addresses only")
                .unless(!isInternal || network != null || subnet != null, "network",
                        "is required for an INTERNAL address, or subnetwork is");
        var chosen = Optional.ofNullable(ipAddress).flatMap(Cidr::address);
        mistakes.unless(ipAddress == null || chosen.isPresent(), "ipAddress",
                        "must be an address such as 10.1.0.17 or fd00:1::17")
                .unless(chosen.isEmpty() || ipVersion == null
                                || chosen.get().isIpv4() == (ipVersion == Address.Version.IPV4),
                        "ipVersion", "must be that of ipAddress, or left out");
        mistakes.orRefuse();
    }

    /// Any internal address of a network or subnet, for a resource that needs one.
    ///
    /// @param name unique in the project and region; `null` for one of ours
    public static NewAddress internal(@Nullable String name, @Nullable String ipAddress,
            Address.@Nullable Version version, @Nullable String network, @Nullable String subnet) {
        return new NewAddress(name, null, null, Map.of(), Address.Type.INTERNAL, ipAddress,
                version, network, subnet);
    }
}
