package orrery.server.auth.login;

import java.nio.charset.StandardCharsets;
import orrery.kit.Mistakes;
import orrery.server.iam.user.Users;
import org.jspecify.annotations.Nullable;

/// What somebody sends who wants an account.
///
/// @param code the setup code for the first account of a server, an organization's invite code for
///     every other one
record Registration(String email, String password, String name, @Nullable String code) {
    private static final int SHORTEST = 8;
    private static final int LONGEST_BYTES = 1024;

    Registration {
        var mistakes = new Mistakes();
        Users.check(mistakes, email, name);
        mistakes.check("password", password, it -> it.codePointCount(0, it.length()) >= SHORTEST
                                && it.getBytes(StandardCharsets.UTF_8).length <= LONGEST_BYTES,
                        "must have at least " + SHORTEST + " characters and at most "
                                + LONGEST_BYTES + " bytes")
                .check("password", password, it -> !it.equalsIgnoreCase(email),
                        "must not be the e-mail address")
                .orRefuse();
    }

    @Override
    public String toString() {
        return "registration of " + email;
    }
}
