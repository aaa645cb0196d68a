package orrery.server.auth.client;

import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import orrery.kit.Mistakes;
import org.jspecify.annotations.Nullable;

/// Where answers may be sent: exactly where the client said before (RFC 9700 4.1.3). Only the port
/// of a loopback address is free, since programs on people's machines take what they get
/// (RFC 8252 7.3).
public final class RedirectUris {
    private static final int MOST = 20;
    private static final int LONGEST = 1_000;
    private static final Set<String> WEB = Set.of("https", "http");
    private static final Set<String> LITERALS = Set.of("127.0.0.1", "[::1]");

    private RedirectUris() {}

    /// Whether `asked` is one of those that were registered.
    public static boolean contains(Collection<String> registered, String asked) {
        return registered.contains(asked)
                || registered.stream().anyMatch(one -> isSameButPort(one, asked));
    }

    /// Whether nobody can tell which program an answer reaches: a person must be asked each time.
    public static boolean isOnMachine(String address) {
        var uri = parse(address);
        return uri == null || !"https".equals(uri.getScheme());
    }

    /// The origin of a page, as browsers write it (RFC 6454 6.2); `null` for what is no web page.
    static @Nullable String origin(String address) {
        var uri = parse(address);
        if (uri == null || uri.getHost() == null || !WEB.contains(uri.getScheme())) {
            return null;
        }
        var usual = uri.getScheme().equals("https") ? 443 : 80;
        return uri.getScheme() + "://" + uri.getHost().toLowerCase(Locale.ROOT)
                + (uri.getPort() < 0 || uri.getPort() == usual ? "" : ":" + uri.getPort());
    }

    private static boolean isSameButPort(String registered, String asked) {
        var one = parse(registered);
        var other = parse(asked);
        return one != null && other != null && isLoopback(one) && isLoopback(other)
                && withoutPort(registered, one).equals(withoutPort(asked, other));
    }

    private static boolean isLoopback(URI uri) {
        return "http".equals(uri.getScheme()) && uri.getHost() != null
                && uri.getRawUserInfo() == null && LITERALS.contains(uri.getHost());
    }

    private static String withoutPort(String text, URI uri) {
        var head = "http://" + uri.getHost();
        var rest = text.substring(head.length());
        return head + (uri.getPort() < 0 ? rest
                : rest.substring(1 + Integer.toString(uri.getPort()).length()));
    }

    /// Notes what is wrong with addresses that somebody wants to register.
    static void check(Mistakes mistakes, String field, @Nullable List<String> addresses) {
        if (addresses == null) {
            return;
        }
        mistakes.unless(addresses.size() <= MOST, field, "must be at most " + MOST);
        for (int i = 0; i < Math.min(addresses.size(), MOST); i++) {
            var wrong = wrong(addresses.get(i));
            if (wrong != null) {
                mistakes.add(field + "[" + i + "]", wrong);
            }
        }
    }

    private static @Nullable String wrong(String address) {
        var uri = parse(address);
        if (uri == null || uri.getScheme() == null || uri.isOpaque()
                || address.length() > LONGEST) {
            return "must be an absolute address of at most " + LONGEST + " characters";
        }
        if (uri.getRawFragment() != null || address.contains("#")) {
            return "must have no fragment";
        }
        if (uri.getRawUserInfo() != null || address.contains("*")) {
            return "must name one place, without wildcards and credentials";
        }
        var scheme = uri.getScheme();
        if (!scheme.equals(scheme.toLowerCase(Locale.ROOT))) {
            return "must have its scheme in lower case";
        }
        return switch (scheme) {
            case "https" -> uri.getHost() == null ? "must have a host" : null;
            case "http" -> isLoopback(uri) || "localhost".equals(uri.getHost()) ? null
                    : "must be https; http is for programs on the person's own machine";
            default -> scheme.contains(".") ? null
                    : "must be https, http on loopback, or a scheme with a domain of yours turned"
                            + " around, such as com.example.app";
        };
    }

    private static @Nullable URI parse(String address) {
        try {
            return URI.create(address);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
