package orrery.server.compute.network;

import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.server.tenancy.project.Labels;
import org.jspecify.annotations.Nullable;

/// A network that somebody asks for.
///
/// @param name `null` for one of ours
/// @param cidr a private range (RFC 1918, or RFC 4193 for IPv6) between /8 and /28; for IPv6
///     between /8 and /64
public record NewNetwork(
        @Nullable String name,
        @Nullable String displayName,
        @Nullable String description,
        Map<String, String> labels,
        String cidr,
        Network.Role role) {
    private static final int WIDEST = 8;
    private static final int NARROWEST = 28;
    private static final int NARROWEST_IPV6 = 64;

    public NewNetwork {
        labels = Map.copyOf(labels);
        var mistakes = Naming.check(new Mistakes(), name, displayName, description);
        Labels.check(mistakes, "labels", labels);
        checkCidr(mistakes, cidr);
        mistakes.orRefuse();
    }

    private static void checkCidr(Mistakes mistakes, @Nullable String text) {
        if (text == null) {
            return;
        }
        var cidr = Cidr.parse(text);
        if (cidr.isEmpty()) {
            mistakes.add("cidr", "must be a network address and its length, such as 10.1.0.0/16");
            return;
        }
        int narrowest = cidr.get().isIpv4() ? NARROWEST : NARROWEST_IPV6;
        mistakes.unless(cidr.get().length() >= WIDEST && cidr.get().length() <= narrowest,
                        "cidr", "must be between /" + WIDEST + " and /" + narrowest)
                .unless(cidr.get().isPrivate(), "cidr",
                        "must lie in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or fc00::/7");
    }
}
