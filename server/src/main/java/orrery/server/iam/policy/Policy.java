package orrery.server.iam.policy;

import java.time.Instant;
import orrery.kit.access.Scope;

/// One row of the policy: these people hold this role here and below.
///
/// @param role the role's key: `organization:owner`
/// @param place where it was given
public record Policy(
        String id,
        String role,
        Holders holders,
        Scope place,
        String createdBy,
        Instant createdAt) {

    /// Whom a policy names.
    public sealed interface Holders {
        /// One person.
        record User(String id) implements Holders {}

        /// Everybody who holds a role in the organization itself.
        record Members(String organization) implements Holders {}
    }
}
