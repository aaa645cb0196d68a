package orrery.server.iam.role;

import java.util.Collection;
import java.util.List;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Call;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;

/// Nobody gives more than it has: who makes a role, or gives one, holds all its permissions there.
public final class Ceiling {
    private static final int NAMED = 5;

    private Ceiling() {}

    /// @param permissions permissions and patterns of them
    /// @param place where they are to be given
    /// @param field the field that names them, for the refusal
    /// @throws Problem.Failure [Problem.Unprocessable] that names what the caller does not hold
    public static void check(Access access, Call call, Collection<String> permissions,
            Scope place, String field) {
        var beyond = permissions.stream().sorted()
                .flatMap(pattern -> Permissions.covered(pattern).stream()).distinct()
                .filter(name -> !access.allows(call, new Permission(name), place))
                .toList();
        if (!beyond.isEmpty()) {
            var more = beyond.size() > NAMED ? " and " + (beyond.size() - NAMED) + " more" : "";
            throw new Problem.Unprocessable(List.of(new Problem.Mistake(field,
                    "cannot give what you do not hold there yourself: " + String.join(", ",
                            beyond.subList(0, Math.min(NAMED, beyond.size()))) + more))).raise();
        }
    }
}
