package orrery.server.auth.federation;

import java.net.URI;
import java.util.Map;
import orrery.server.iam.provider.Upstream;

/// Where the studio's pages are.
///
/// @param base without a slash at its end
/// @param isHere whether they come from this server, so that browsers show them its cookies
public record StudioPages(String base, boolean isHere) {

    /// The address of a page.
    URI at(String path, Map<String, String> query) {
        return URI.create(base + path + "?" + Upstream.encoded(query));
    }
}
