package orrery.kit.mail;

import orrery.kit.Mistakes;

/// One mail to one person, as plain text.
///
/// @param to an address (RFC 5321)
/// @param text lines of at most 998 characters; it may hold a secret, and is kept sealed
public record Letter(String to, String subject, String text) {
    private static final int LONGEST_ADDRESS = 254;
    private static final int LONGEST_SUBJECT = 200;
    private static final int LONGEST_TEXT = 16 << 10;

    /// @throws orrery.kit.Problem.Failure [orrery.kit.Problem.Invalid], for what would break out of
    ///     its header too
    public Letter {
        new Mistakes()
                .unless(to.length() <= LONGEST_ADDRESS && isOneLine(to), "to",
                        "must be one e-mail address")
                .unless(subject.length() <= LONGEST_SUBJECT && isOneLine(subject), "subject",
                        "must be one line of at most " + LONGEST_SUBJECT + " characters")
                .unless(text.length() <= LONGEST_TEXT, "text",
                        "must have at most " + LONGEST_TEXT + " characters")
                .orRefuse();
    }

    private static boolean isOneLine(String text) {
        return !text.isBlank() && text.chars().noneMatch(Character::isISOControl);
    }

    @Override
    public String toString() {
        return "a letter: " + subject;
    }
}
