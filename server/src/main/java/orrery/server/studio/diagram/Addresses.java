package orrery.server.studio.diagram;

import java.net.InetAddress;

/// IP addresses and ranges as text. Never asks a name server.
final class Addresses {
    private Addresses() {}

    static boolean isAddress(String text) {
        try {
            return !text.contains("%") && InetAddress.ofLiteral(text) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static boolean isRange(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !isAddress(text.substring(0, slash))
                || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
            return false;
        }
        int most = text.contains(":") ? 128 : 32;
        return Integer.parseInt(text.substring(slash + 1)) <= most;
    }
}
