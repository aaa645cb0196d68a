package orrery.server.auth.client;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a client may ask a person for: the scopes of OpenID Connect Core 5.4, and [#API].
public final class Scopes {
    public static final String OPENID = "openid";
    public static final String PROFILE = "profile";
    public static final String EMAIL = "email";
    public static final String ADDRESS = "address";
    public static final String PHONE = "phone";

    /// To go on while the person is not there.
    public static final String OFFLINE = "offline_access";

    /// To act for the person in this API, in the organization of the client.
    public static final String API = "api";

    public static final List<String> ALL =
            List.of(OPENID, PROFILE, EMAIL, ADDRESS, PHONE, OFFLINE, API);

    private Scopes() {}

    /// The scopes of a list with spaces between (RFC 6749 3.3).
    public static Set<String> read(String text) {
        var all = new LinkedHashSet<>(Arrays.asList(text.strip().split(" +")));
        all.remove("");
        return all;
    }
}
