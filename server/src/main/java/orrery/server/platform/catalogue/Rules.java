package orrery.server.platform.catalogue;

import java.util.regex.Pattern;
import orrery.kit.Mistakes;
import org.jspecify.annotations.Nullable;

/// What all entries of the catalogue keep to.
final class Rules {
    private static final Pattern CODE = Pattern.compile("[a-z0-9]([-.a-z0-9]{0,61}[a-z0-9])?");
    private static final int LONGEST_NAME = 255;

    private Rules() {}

    static Mistakes checkCode(Mistakes mistakes, String field, @Nullable String code) {
        return mistakes.check(field, code, it -> CODE.matcher(it).matches(), "must have 1 to 63"
                + " lower-case letters, digits, hyphens and dots, the first and last no sign");
    }

    static Mistakes checkText(Mistakes mistakes, String field, @Nullable String text) {
        return mistakes.check(field, text, it -> !it.isBlank() && it.length() <= LONGEST_NAME,
                "must have 1 to " + LONGEST_NAME + " characters");
    }

    /// A number that something has at least one of.
    static Mistakes checkCount(
            Mistakes mistakes, String field, @Nullable Integer count, int most) {
        return mistakes.check(field, count, it -> it >= 1 && it <= most,
                "must be 1 to " + most);
    }
}
