package orrery.server.iam.user;

import java.util.List;

/// Somebody, as one organization has them.
///
/// @param organization the identifier of that organization
/// @param organizationName how it is called
/// @param state what the account is; where an organization looks, what the person is in it
/// @param sshKeys lines of `authorized_keys`
public record Resident(User user, String organization, String organizationName, User.State state,
        List<String> sshKeys) {
    public Resident {
        sshKeys = List.copyOf(sshKeys);
    }

    public boolean isActive() {
        return state == User.State.ACTIVE;
    }
}
