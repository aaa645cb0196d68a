package orrery.server.iam.user;

import java.time.Instant;
import orrery.kit.access.Scope;

/// A person with an account.
///
/// @param username how workspaces, shells and paths call the person: a DNS label, never changed
/// @param email as it was written; two that differ in case only are the same
/// @param emailVerified whether somebody has answered a mail to it
/// @param name how the person is called
/// @param uid the person's user and group number inside workspaces
/// @param home the organization and project of a caller whose API family has no word for them
public record User(
        String id,
        String username,
        String email,
        boolean emailVerified,
        String name,
        State state,
        long uid,
        Scope home,
        long version,
        Instant createdAt,
        Instant updatedAt) {
    public enum State { ACTIVE, SUSPENDED, DISABLED }

    public boolean isActive() {
        return state == State.ACTIVE;
    }
}
