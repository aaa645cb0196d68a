package orrery.server.infrastructure.machine;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where a server's management controller is, as Metal3 writes it: a scheme that says how it is
/// spoken to, and no name or password.
final class BmcAddress {
    static final String RULE = "must be a host with an optional port and path, or an address such"
            + " as redfish://10.0.0.7/redfish/v1/Systems/1, without a name or password";

    private static final int LONGEST = 255;
    private static final Pattern SHAPE = Pattern.compile(
            "(?:ipmi|(?:idrac-|ilo5-)?redfish(?:-virtualmedia)?|(?:idrac|ilo5)-virtualmedia)"
                    + "(?:\\+https?)?://"
                    + "(?:[A-Za-z0-9](?:[-.A-Za-z0-9]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+])"
                    + "(?::[0-9]{1,5})?(?:/[-._~A-Za-z0-9/]*)?");

    private BmcAddress() {}

    /// How a controller is spoken to.
    enum Protocol { REDFISH, IPMI }

    /// The address with its scheme.
    ///
    /// @param protocol of an address without a scheme; `null` for Redfish
    static String full(String address, @Nullable Protocol protocol) {
        return address.contains("://") ? address
                : (protocol == null ? Protocol.REDFISH : protocol).name().toLowerCase(Locale.ROOT)
                        + "://" + address;
    }

    static boolean isOne(String full) {
        return full.length() <= LONGEST && SHAPE.matcher(full).matches();
    }

    static Protocol protocol(String full) {
        return full.startsWith("ipmi") ? Protocol.IPMI : Protocol.REDFISH;
    }

    /// Whether Metal3 must be told which port the server boots from: not with virtual media.
    static boolean needsBootMac(String full) {
        return !full.contains("virtualmedia");
    }
}
