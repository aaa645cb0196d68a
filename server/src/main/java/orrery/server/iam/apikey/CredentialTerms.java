package orrery.server.iam.apikey;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;

/// How long the credentials for an organization may count, by its settings.
///
/// @param keyMaxDays `null` for any time
/// @param keyDefaultDays for who says nothing; `null` for the longest time there may be
/// @param credentialMaxDays of service accounts' credentials; `null` for any time
/// @param allowsWide whether an API key may count for the organization as a whole
public record CredentialTerms(
        @Nullable Integer keyMaxDays,
        @Nullable Integer keyDefaultDays,
        @Nullable Integer credentialMaxDays,
        boolean allowsWide) {
    private static final CredentialTermsTable TABLE = new CredentialTermsTable();

    /// Those of a place's organization. The platform has none.
    public static CredentialTerms of(Tx tx, Scope place) {
        return place.organization() == null ? new CredentialTerms(null, null, null, true)
                : TABLE.of(tx, place.organization());
    }

    /// When an API key for `place` that is made now shall expire.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable]
    @Nullable Instant ofKey(Scope place, @Nullable Instant asked, Instant now) {
        if (!allowsWide && place.project() == null) {
            throw refused("scope", "the organization allows API keys for its projects only:"
                    + " name one");
        }
        return limited(asked, keyDefaultDays == null ? keyMaxDays : keyDefaultDays, keyMaxDays,
                "apiKeyMaxTtlDays", now);
    }

    /// When a service account's credential that is made now shall expire.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable]
    public @Nullable Instant ofCredential(@Nullable Instant asked, Instant now) {
        return limited(asked, credentialMaxDays, credentialMaxDays, "credentialMaxTtlDays", now);
    }

    private static @Nullable Instant limited(@Nullable Instant asked, @Nullable Integer standard,
            @Nullable Integer most, String setting, Instant now) {
        if (asked == null) {
            return standard == null ? null : now.plus(Duration.ofDays(standard));
        }
        if (most != null && asked.isAfter(now.plus(Duration.ofDays(most)))) {
            throw refused("expiresAt", "must be within " + most + " days: the organization's "
                    + setting);
        }
        return asked;
    }

    private static Problem.Failure refused(String field, String message) {
        return new Problem.Unprocessable(List.of(new Problem.Mistake(field, message))).raise();
    }
}
