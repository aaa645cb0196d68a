package orrery.server.auth.openid;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import orrery.kit.http.Answer;
import orrery.server.auth.client.Client;

/// Where the answer to an authorization request goes: to a client that we know, at an address that
/// it registered. There is none before both are proven (RFC 9700 4.11).
///
/// @param state the client's own, which it gets back
/// @param isForm whether the browser posts the answer (`form_post`) or carries it in the address
record Target(Client client, String redirectUri, @Nullable String state, boolean isForm) {

    /// @param issuer who answers, so that no client takes it for another's answer (RFC 9207)
    Answer<?> code(String issuer, String code) {
        return answer(issuer, Map.of("code", code));
    }

    Answer<?> error(String issuer, String error, String description) {
        var said = new LinkedHashMap<String, String>();
        said.put("error", error);
        said.put("error_description", description);
        return answer(issuer, said);
    }

    private Answer<?> answer(String issuer, Map<String, String> said) {
        var all = new LinkedHashMap<>(said);
        if (state != null) {
            all.put("state", state);
        }
        all.put("iss", issuer);
        if (isForm) {
            return Screens.post(redirectUri, all);
        }
        var query = all.entrySet().stream()
                .map(one -> one.getKey() + "=" + encoded(one.getValue()))
                .collect(Collectors.joining("&", redirectUri.contains("?") ? "&" : "?", ""));
        // 303: what a browser posted to us, a password among it, it must not post on.
        return Answer.redirect(URI.create(redirectUri + query)).status(303)
                .header("Cache-Control", "no-store").header("Referrer-Policy", "no-referrer");
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
