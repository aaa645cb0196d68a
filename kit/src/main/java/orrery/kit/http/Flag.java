package orrery.kit.http;

import java.util.List;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// A query parameter that is `true` or `false`.
public final class Flag {
    private Flag() {}

    /// @param given what the caller wrote; `null` when it left the parameter out
    /// @throws Problem.Failure [Problem.Invalid] for anything else
    public static boolean isSet(String name, @Nullable String given) {
        if (given != null && !given.equals("true") && !given.equals("false")) {
            throw new Problem.Invalid(List.of(new Problem.Mistake(
                    name, "must be true or false"))).raise();
        }
        return "true".equals(given);
    }
}
