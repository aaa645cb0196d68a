package orrery.server.workspace.credential;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;

/// What a person's tools sign in with somewhere. The secret is stored sealed and is no part of it.
///
/// @param scope git host or registry as its tool names it; of a cluster, `name/namespace`
/// @param subject the account there: a login name, or a service account
/// @param isActive whether it is handed out
public record Credential(
        long id,
        Service service,
        String scope,
        String subject,
        boolean isActive,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant lastUsedAt) {
    /// Whom one signs in to, as the family's clients write it in lower case.
    public enum Service { GIT, REGISTRY, KUBERNETES }

    /// A credential and its secret.
    ///
    /// @param expiresAt `null` for one that lasts
    public record Resolved(Credential credential, String secret, @Nullable Instant expiresAt) {
        @Override
        public String toString() {
            return credential + " and its secret";
        }
    }

    private static final int LONGEST = 255;
    private static final int LONGEST_SECRET = 16 << 10;

    /// Notes what is wrong with the parts that are there.
    static void check(
            Mistakes mistakes, @Nullable String scope, @Nullable String subject,
            @Nullable String secret) {
        mistakes.check("scope", scope, Credential::isShort, "must have 1 to " + LONGEST
                        + " characters without spaces, as the tool names it: github.com")
                .check("subject", subject, Credential::isShort, "must have 1 to " + LONGEST
                        + " characters without spaces")
                .check("secret", secret, it -> !it.isEmpty() && it.length() <= LONGEST_SECRET
                                && it.indexOf('\0') < 0,
                        "must have 1 to " + LONGEST_SECRET + " characters");
    }

    private static boolean isShort(String text) {
        return !text.isEmpty() && text.length() <= LONGEST
                && text.chars().noneMatch(c -> c <= ' ' || Character.isISOControl(c));
    }
}
