package orrery.server.tenancy.organization;

import java.time.Instant;
import java.util.Locale;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.db.Jsonb;
import org.jspecify.annotations.Nullable;

/// A tenant: what people belong to, what projects lie in, what is billed.
///
/// @param name its slug, unique among all organizations that are not deleted
/// @param ownerId the user whom it belongs to: who made it, or was made its owner since
/// @param deletion the run that deletes it with all that is in it; `null` when none does
/// @param primaryDomain where its people's e-mail addresses are, as it says itself
public record Organization(
        String id,
        String name,
        String displayName,
        @Nullable String description,
        String ownerId,
        State state,
        @Nullable String primaryDomain,
        @Jsonb Settings settings,
        @Nullable String deletion,
        long version,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {
    private static final String DOMAIN =
            "(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?";

    /// Nothing that anyone holds in a suspended one counts, but for operators.
    public enum State { ACTIVE, SUSPENDED, DELETED }

    /// What somebody asks for who wants a new one.
    ///
    /// @param name chosen by us when `null`
    public record New(
            @Nullable String name, @Nullable String displayName, @Nullable String description) {
        public New {
            Naming.check(new Mistakes(), name, displayName, description).orRefuse();
        }
    }

    /// The fields that may change, with their new values.
    ///
    /// @param state only operators change it
    public record Change(
            String displayName,
            @Nullable String description,
            @Nullable String primaryDomain,
            Settings settings,
            State state) {
        public Change {
            primaryDomain = primaryDomain == null ? null
                    : primaryDomain.strip().toLowerCase(Locale.ROOT);
            checkDomain(Naming.check(new Mistakes(), null, displayName, description),
                    primaryDomain)
                    .unless(state != State.DELETED, "state", "is deleted by DELETE")
                    .orRefuse();
        }
    }

    static Mistakes checkDomain(Mistakes mistakes, @Nullable String domain) {
        return mistakes.check("primaryDomain", domain, it -> it.strip()
                .toLowerCase(Locale.ROOT).matches(DOMAIN), "must be a domain such as example.com");
    }
}
