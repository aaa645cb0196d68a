package orrery.server.auth.personaltoken;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.access.Scope;

/// A secret `k8sh_…` that acts for its person in the workspace family, for some scopes and a time.
///
/// @param home the organization and project that it counts in
/// @param isBound whether it counts there only, whoever its person is
/// @param name one of a kind for its person
/// @param preview how the secret begins, for people to know it again
/// @param scopes what it is good for; see [ScopeNames]
/// @param isActive whether it was not revoked
public record PersonalToken(
        String id,
        String userId,
        Scope home,
        boolean isBound,
        String name,
        String preview,
        List<String> scopes,
        boolean isActive,
        @Nullable Instant lastUsedAt,
        Instant createdAt,
        Instant updatedAt,
        Instant expiresAt) {
    private static final int LONGEST_NAME = 100;

    public PersonalToken {
        scopes = scopes.stream().sorted().toList();
    }

    /// Whether it counts.
    public boolean counts(Instant now) {
        return isActive && now.isBefore(expiresAt);
    }

    /// What somebody asks for who wants a new one.
    ///
    /// @param expiresAt `null` for the usual time
    public record New(String name, Set<String> scopes, @Nullable Instant expiresAt) {
        public New {
            check(name, scopes);
        }
    }

    /// What is to be different; `null` for what stays.
    ///
    /// @param renew whether it gets a new secret, and counts again if it was revoked
    /// @param active `false` to revoke it
    public record Change(
            @Nullable String name,
            @Nullable Set<String> scopes,
            @Nullable Instant expiresAt,
            boolean renew,
            @Nullable Boolean active) {
        public Change {
            check(name, scopes);
        }

        boolean onlyRevokes() {
            return name == null && scopes == null && expiresAt == null && !renew
                    && Boolean.FALSE.equals(active);
        }
    }

    /// A token and the secret that is shown this once.
    public record WithSecret(PersonalToken token, @Nullable String secret) {
        @Override
        public String toString() {
            return token + " and its secret";
        }
    }

    private static void check(@Nullable String name, @Nullable Set<String> scopes) {
        var mistakes = new Mistakes().check("name", name,
                it -> !it.isBlank() && it.length() <= LONGEST_NAME
                        && it.chars().noneMatch(Character::isISOControl),
                "must have 1 to " + LONGEST_NAME + " characters, none of them a control");
        ScopeNames.check(mistakes, scopes);
        mistakes.orRefuse();
    }
}
