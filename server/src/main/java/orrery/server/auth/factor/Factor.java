package orrery.server.auth.factor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Something that a person shows beside the password.
///
/// @param id `fct_…`
/// @param name what the person calls it
public record Factor(
        String id, Kind kind, String name, Instant createdAt, @Nullable Instant lastUsedAt) {
    public enum Kind {
        /// An application that shows codes.
        TOTP,
        PASSKEY
    }
}
