package orrery.server.tenancy.organization;

import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;

/// What an organization demands of the credentials for it. `null` demands nothing.
///
/// @param apiKeyMaxTtlDays how long an API key may count at most
/// @param apiKeyDefaultTtlDays how long one counts whose maker says nothing
/// @param credentialMaxTtlDays how long a service account's credential may count, and does when
///     its maker says nothing
/// @param allowOrgScopedKeys whether API keys may count for the organization as a whole
/// @param requireSso whether its people sign in by its identity provider alone
/// @param requireSecondFactor whether people who sign in to it show a second factor, and set one up
///     who have none
public record Settings(
        @Nullable Integer apiKeyMaxTtlDays,
        @Nullable Integer apiKeyDefaultTtlDays,
        @Nullable Integer credentialMaxTtlDays,
        boolean allowOrgScopedKeys,
        boolean requireSso,
        boolean requireSecondFactor) {
    static final Settings STANDARD = new Settings(null, null, null, true, false,
            false);
    private static final int LONGEST = 3650;

    public Settings {
        var mistakes = new Mistakes();
        check(mistakes, "settings.apiKeyMaxTtlDays", apiKeyMaxTtlDays);
        check(mistakes, "settings.apiKeyDefaultTtlDays", apiKeyDefaultTtlDays);
        check(mistakes, "settings.credentialMaxTtlDays", credentialMaxTtlDays);
        mistakes.unless(apiKeyMaxTtlDays == null || apiKeyDefaultTtlDays == null
                        || apiKeyDefaultTtlDays <= apiKeyMaxTtlDays,
                "settings.apiKeyDefaultTtlDays",
                "must not be more than apiKeyMaxTtlDays, " + apiKeyMaxTtlDays);
        mistakes.orRefuse();
    }

    private static void check(Mistakes mistakes, String field, @Nullable Integer days) {
        mistakes.check(field, days, it -> it >= 1 && it <= LONGEST,
                "must be from 1 to " + LONGEST + " days, or null for no limit");
    }
}
