package orrery.server.workspace.person;

import java.util.List;
import orrery.server.iam.user.User;

/// Somebody with an account, and what this family calls the person's part.
///
/// @param organization name of the one that the person is at home in
/// @param roles `admin` for operators of the platform, `org-admin` for who administers the home
///     organization, else `workspace-user`
public record Person(User user, String organization, List<String> roles) {
    public Person {
        roles = List.copyOf(roles);
    }
}
