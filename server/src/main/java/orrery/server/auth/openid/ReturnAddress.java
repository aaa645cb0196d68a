package orrery.server.auth.openid;

import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.server.auth.exchange.Form;

/// Where a browser goes on after a sign-in: a page of ours, and no other (no open redirect).
///
/// @param issuer our own address
record ReturnAddress(String issuer) {
    private static final Pattern PATH = Pattern.compile("/(?![/\\\\])[\\x21-\\x5b\\x5d-\\x7e]*");
    private static final int LONGEST = 500;

    /// The page that an address of ours names as `redirect`; the start page if it names none.
    ///
    /// @param address as the caller gave it: `http://here/auth/callback?provider=…&redirect=/`
    /// @param host that the request was sent to
    /// @throws Problem.Failure [Problem.Invalid] for an address that is not ours
    String page(@Nullable String address, @Nullable String host) {
        if (address == null || address.isEmpty()) {
            return "/";
        }
        try {
            var uri = URI.create(address);
            if (address.length() > LONGEST || uri.getUserInfo() != null || !isHere(uri, host)) {
                throw refused();
            }
            var query = uri.getRawQuery();
            var page = query == null ? "/" : Form.read(query).getOrDefault("redirect", "/");
            if (!PATH.matcher(page).matches()) {
                throw refused();
            }
            return page;
        } catch (IllegalArgumentException e) {
            throw refused();
        }
    }

    private boolean isHere(URI uri, @Nullable String host) {
        if (uri.getRawAuthority() == null) {
            return uri.getScheme() == null && PATH.matcher(uri.toString()).matches();
        }
        var origin = uri.getScheme() + "://" + uri.getRawAuthority();
        return origin.equals(issuer) || uri.getRawAuthority().equals(host)
                && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()));
    }

    private static Problem.Failure refused() {
        return new Problem.Invalid(List.of(new Problem.Mistake("redirect_uri",
                "must be an address of this server, and name a path of it as redirect"))).raise();
    }
}
