package orrery.kit;

import org.jspecify.annotations.Nullable;

/// How somebody calls a resource: what every `name`, `displayName` and `description` keeps to.
public final class Naming {
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_DESCRIPTION = 1024;

    private Naming() {}

    /// Notes what is wrong with the three; what is `null` is not checked.
    public static Mistakes check(
            Mistakes mistakes,
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description) {
        return Slug.check(mistakes, "name", name)
                .check("displayName", displayName,
                        it -> !it.isBlank() && it.length() <= LONGEST_NAME,
                        "must have 1 to " + LONGEST_NAME + " characters")
                .check("description", description,
                        it -> it.length() <= LONGEST_DESCRIPTION,
                        "must have at most " + LONGEST_DESCRIPTION + " characters");
    }
}
