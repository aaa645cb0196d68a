package orrery.server.auth.session;

/// The browser's cookie (RFC 6265): no script reads it, and no other site's form sends it.
///
/// @param secure whether browsers may send it over TLS only
public record SessionCookie(boolean secure) {
    public static final String NAME = "k8shell-session";

    /// The header that sets it.
    public String set(String value) {
        return NAME + "=" + value + "; Path=/; Max-Age=" + Sessions.COOKIE_LIFE.toSeconds()
                + attributes();
    }

    /// The header that removes it.
    public String clear() {
        return NAME + "=; Path=/; Max-Age=0" + attributes();
    }

    private String attributes() {
        return "; HttpOnly; SameSite=Lax" + (secure ? "; Secure" : "");
    }
}
