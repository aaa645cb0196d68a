package orrery.cli.demo;

import java.util.random.RandomGenerator;

/// Makes passwords that nobody has to remember.
record Passwords(RandomGenerator random) {
    /// Without the letters that look like others.
    private static final String LETTERS =
            "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// 24 letters, 139 bits.
    String next() {
        var text = new StringBuilder();
        for (int i = 0; i < 24; i++) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }
}
