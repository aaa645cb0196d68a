package orrery.server.auth.federation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Who one of the other providers says an account's person is.
///
/// @param realm the organization whose provider it came by; empty for the installation's
/// @param providerId the provider; `null` when it was deleted
/// @param email as the provider last called the person
/// @param projectId where the person works in an organization that is not its home
public record Identity(
        String id,
        String userId,
        String realm,
        String issuer,
        String subject,
        @Nullable String providerId,
        @Nullable String email,
        boolean emailVerified,
        @Nullable String projectId,
        Instant createdAt,
        Instant lastUsedAt) {}
