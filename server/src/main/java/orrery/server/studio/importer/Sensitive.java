package orrery.server.studio.importer;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Which variables belong into a Secret. Too many is safe, too few is not; but a `…_FILE` only
/// names a path.
final class Sensitive {
    private static final List<String> PARTS = List.of("PASSWORD", "PASSWD", "PASSPHRASE", "SECRET",
            "TOKEN", "CREDENTIAL", "PRIVATE", "API_KEY", "APIKEY", "ACCESS_KEY", "AUTH_",
            "DATABASE_URL", "CONNECTION_STRING", "ENCRYPTION", "LICENSE_KEY");
    private static final Pattern ENDING =
            Pattern.compile(".*(_|^)(PASS|PWD|PW|KEY|CERT|AUTH|DSN|SALT)");
    /// A user and a password within a URL.
    private static final Pattern URL_PASSWORD =
            Pattern.compile(".*[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^/@\\s:]{0,200}:[^/@\\s]{1,200}@.*",
                    Pattern.DOTALL);

    private Sensitive() {}

    static boolean is(String name, String value) {
        String upper = name.toUpperCase(Locale.ROOT);
        if (upper.endsWith("_FILE") || upper.endsWith("_PATH") || upper.endsWith("_DIR")) {
            return false;
        }
        return PARTS.stream().anyMatch(upper::contains) || ENDING.matcher(upper).matches()
                || upper.endsWith("_PASS") || value.length() <= 10_000 && value.contains("://")
                        && URL_PASSWORD.matcher(value).matches();
    }
}
