package orrery.server.workspace.person;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import orrery.server.iam.user.Resident;
import orrery.server.iam.user.User;

/// Somebody with an account, and what this family calls the person's part.
///
/// @param resident the person in the organization that the caller looks at; at home for operators
/// @param roles `admin` for operators of the platform, `org-admin` for who administers that
///     organization, else `workspace-user`
/// @param passwordLockedUntil no password is taken before, since wrong ones were tried too often;
///     `null` for a person who may try
public record Person(
        Resident resident, List<String> roles, @Nullable Instant passwordLockedUntil) {
    public Person {
        roles = List.copyOf(roles);
    }

    User user() {
        return resident.user();
    }
}
