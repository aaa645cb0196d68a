package orrery.server.compute.instance;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.regex.Pattern;

/// Addresses as people write them.
final class IpAddress {
    private static final String BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern V4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");

    private IpAddress() {}

    static boolean isV4(String text) {
        return V4.matcher(text).matches();
    }

    static boolean isV6(String text) {
        try {
            return text.indexOf(':') >= 0 && text.indexOf('%') < 0
                    && InetAddress.ofLiteral(text) instanceof Inet6Address;
        } catch (IllegalArgumentException notOne) {
            return false;
        }
    }
}
