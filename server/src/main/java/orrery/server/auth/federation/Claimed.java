package orrery.server.auth.federation;

import org.jspecify.annotations.Nullable;

/// Whom a provider says somebody is.
///
/// @param issuer who says so; with `subject` it is all that tells people apart
/// @param subject the provider's own name for the person, which it gives nobody else
/// @param email `null` when it does not say
/// @param emailVerified whether the provider says that the address is the person's
/// @param name how the person is called
record Claimed(
        String issuer, String subject, @Nullable String email, boolean emailVerified,
        String name) {
    private static final int LONGEST = 255;

    Claimed {
        if (subject.isBlank() || subject.length() > LONGEST) {
            throw new Refusal(Refusal.Reason.PERSON, "the provider named nobody");
        }
        email = email == null || email.isBlank() ? null : email.strip();
        name = name.length() <= LONGEST ? name : name.substring(0, LONGEST);
    }
}
