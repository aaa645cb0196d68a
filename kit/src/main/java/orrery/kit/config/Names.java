package orrery.kit.config;

/// How names of settings are compared and shown.
final class Names {
    private Names() {}

    /// The value as a message may show it: secrets never.
    static String shown(String name, String value) {
        var secret = name.contains("PASSWORD") || name.contains("SECRET")
                || name.contains("DATABASE_URL");
        return secret ? "…" : value;
    }

    /// Levenshtein's: how many letters must change to make one of the other.
    static int distance(String one, String other) {
        var row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int same = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(same, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
