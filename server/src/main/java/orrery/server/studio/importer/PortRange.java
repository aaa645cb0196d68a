package orrery.server.studio.importer;

import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Ports as a file gives them: `[ip:][published:]target[/protocol]`, each a number or a range.
/// Ranges stay ranges here: a line of text may stand for 65,535 ports.
///
/// @param hostIp    the host's address, or null for all
/// @param published first port outside, 0 where the host chooses
/// @param target    first port inside
/// @param count     how many, from 1
/// @param protocol  `tcp`, `udp` or `sctp`
record PortRange(@Nullable String hostIp, int published, int target, int count, String protocol,
        KeyPath path) {

    /// Reads the short form.
    static PortRange parse(String text, KeyPath path) {
        String rest = text.strip();
        String protocol = "tcp";
        int slash = rest.lastIndexOf('/');
        if (slash >= 0) {
            protocol = protocol(rest.substring(slash + 1), text);
            rest = rest.substring(0, slash);
        }
        int last = rest.lastIndexOf(':');
        int[] target = range(rest.substring(last + 1), text);
        String host = last < 0 ? "" : rest.substring(0, last);
        int middle = host.startsWith("[") && host.endsWith("]") ? host.length()
                : host.lastIndexOf(':');
        String published = last < 0 || middle == host.length() ? "" : host.substring(middle + 1);
        String ip = middle < 0 ? "" : host.substring(0, middle);
        return of(ip, published, target, protocol, path, text);
    }

    /// Puts the parts of the long form together.
    static PortRange of(String ip, String published, String target, String protocol, KeyPath path) {
        String text = published.isEmpty() ? target : published + ":" + target;
        return of(ip, published, range(target, text), protocol(protocol, text), path, text);
    }

    private static PortRange of(String ip, String published, int[] target, String protocol,
            KeyPath path, String text) {
        int count = target[1] - target[0] + 1;
        int first = 0;
        if (!published.isEmpty()) {
            int[] outside = range(published, text);
            int width = outside[1] - outside[0] + 1;
            if (width != count && count > 1) {
                throw new Unreadable("'%s' publishes %d ports as %d; both ranges must be alike"
                        .formatted(Spelling.brief(text), count, width));
            }
            first = outside[0];
        }
        return new PortRange(address(ip, text), first, target[0], count, protocol, path);
    }

    private static int[] range(String range, String text) {
        int dash = range.indexOf('-');
        int first = number(dash < 0 ? range : range.substring(0, dash), text);
        int last = dash < 0 ? first : number(range.substring(dash + 1), text);
        if (last < first) {
            throw new Unreadable("'%s' has a range that ends before it begins"
                    .formatted(Spelling.brief(text)));
        }
        return new int[] {first, last};
    }

    private static int number(String digits, String text) {
        String number = digits.strip();
        boolean good = number.matches("[0-9]{1,5}");
        int port = good ? Integer.parseInt(number) : 0;
        if (port < 1 || port > 65535) {
            throw new Unreadable("'%s' is no port; write 80, \"8080:80\" or \"53:53/udp\", with"
                    .formatted(Spelling.brief(text)) + " numbers from 1 to 65535");
        }
        return port;
    }

    private static String protocol(String name, String text) {
        String protocol = name.strip().toLowerCase(Locale.ROOT);
        return switch (protocol) {
            case "tcp", "udp", "sctp" -> protocol;
            case "" -> "tcp";
            default -> throw new Unreadable("'%s' has the protocol '%s'; it must be tcp, udp or"
                    .formatted(Spelling.brief(text), Spelling.brief(name)) + " sctp");
        };
    }

    private static @Nullable String address(String ip, String text) {
        boolean brackets = ip.startsWith("[") && ip.endsWith("]");
        String bare = brackets ? ip.substring(1, ip.length() - 1) : ip;
        if (bare.isEmpty() || bare.equals("0.0.0.0") || bare.equals("::") || bare.equals("*")) {
            return null;
        }
        try {
            InetAddress.ofLiteral(bare);
            return bare;
        } catch (IllegalArgumentException e) {
            throw new Unreadable("'%s' has '%s', which is no IP address"
                    .formatted(Spelling.brief(text), Spelling.brief(bare)));
        }
    }
}
