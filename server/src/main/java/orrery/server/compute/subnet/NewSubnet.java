package orrery.server.compute.subnet;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.server.compute.network.Cidr;
import orrery.server.tenancy.project.Labels;

/// A subnet that an operator asks for.
///
/// @param name `null` for one of ours
/// @param network identifier or name; `null` for an external subnet
/// @param ipv4Cidr up to /30
/// @param ipv6Cidr up to /126
public record NewSubnet(
        @Nullable String name,
        @Nullable String displayName,
        @Nullable String description,
        Map<String, String> labels,
        Subnet.Role role,
        @Nullable String network,
        @Nullable String ipv4Cidr,
        @Nullable String ipv6Cidr) {
    private static final int WIDEST = 8;
    private static final int NARROWEST = 30;
    private static final int NARROWEST_IPV6 = 126;

    public NewSubnet {
        labels = Map.copyOf(labels);
        var mistakes = Naming.check(new Mistakes(), name, displayName, description)
                .unless((network != null) == (role == Subnet.Role.INTERNAL), "network",
                        role == Subnet.Role.INTERNAL ? "is required for an internal subnet"
                                : "must be left out for an external subnet")
                .unless(ipv4Cidr != null || ipv6Cidr != null, "ipv4Cidr",
                        "is required, or ipv6Cidr is");
        Labels.check(mistakes, "labels", labels);
        checkRange(mistakes, "ipv4Cidr", ipv4Cidr, true);
        checkRange(mistakes, "ipv6Cidr", ipv6Cidr, false);
        mistakes.orRefuse();
    }

    private static void checkRange(
            Mistakes mistakes, String field, @Nullable String text, boolean ipv4) {
        var range = Optional.ofNullable(text).flatMap(Cidr::parse);
        int narrowest = ipv4 ? NARROWEST : NARROWEST_IPV6;
        mistakes.unless(text == null || range.isPresent() && range.get().isIpv4() == ipv4, field,
                        "must be a network address and its length, such as "
                                + (ipv4 ? "10.1.0.0/24" : "fd00:1::/64"))
                .unless(range.isEmpty() || range.get().length() >= WIDEST
                                && range.get().length() <= narrowest, field,
                        "must be between /" + WIDEST + " and /" + narrowest);
    }
}
