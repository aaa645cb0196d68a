package orrery.server.auth.federation;

import org.jspecify.annotations.Nullable;
import orrery.server.auth.session.Proof;

/// Whom a provider says somebody is.
///
/// @param issuer who says so; with `subject` it is all that tells people apart
/// @param subject the provider's own name for the person, which it gives nobody else
/// @param email `null` when it does not say
/// @param emailVerified whether the provider says that the address is the person's
/// @param name how the person is called
/// @param showedMore whether the person showed a second factor there, and we take its word for that
record Claimed(
        String issuer, String subject, @Nullable String email, boolean emailVerified,
        String name, boolean showedMore) {
    private static final int LONGEST = 255;

    Claimed(String issuer, String subject, @Nullable String email, boolean emailVerified,
            String name) {
        this(issuer, subject, email, emailVerified, name, false);
    }

    Claimed {
        if (subject.isBlank() || subject.length() > LONGEST) {
            throw new Refusal(Refusal.Reason.PERSON, "the provider named nobody");
        }
        email = email == null || email.isBlank() ? null : email.strip();
        name = name.length() <= LONGEST ? name : name.substring(0, LONGEST);
    }

    /// The same, with the provider's trusted word for a second factor, or without.
    Claimed with(boolean more) {
        return new Claimed(issuer, subject, email, emailVerified, name, more);
    }

    /// How the person proved who they are.
    Proof proof() {
        return showedMore ? Proof.BY_PROVIDER.and(Proof.Method.VOUCHED) : Proof.BY_PROVIDER;
    }
}
