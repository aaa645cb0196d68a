package orrery.server.auth.login;

import orrery.kit.Mistakes;
import orrery.server.iam.user.Users;
import org.jspecify.annotations.Nullable;

/// What somebody sends who wants an account.
///
/// @param code the setup code for the first account of a server, an organization's invite code for
///     every other one
record Registration(String email, String password, String name, @Nullable String code) {
    Registration {
        var mistakes = new Mistakes();
        Users.check(mistakes, email, name);
        PasswordRules.check(mistakes, "password", password, email, name);
        mistakes.orRefuse();
    }

    @Override
    public String toString() {
        return "registration of " + email;
    }
}

