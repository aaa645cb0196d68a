package orrery.server.studio.importer;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Words for messages: short quotes, and the word that was probably meant.
final class Spelling {
    private Spelling() {}

    static String brief(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= 60 ? line : line.substring(0, 57) + "…";
    }

    static String unknown(String word, Collection<String> known) {
        return nearest(word, known)
                .map(k -> "'%s' is no key here; did you mean '%s'?".formatted(brief(word), k))
                .orElse("'%s' is no key here; remove it, or write x-%s for your own notes"
                        .formatted(brief(word), brief(word)));
    }

    static String undefined(String kind, String name, Collection<String> known) {
        return nearest(name, known)
                .map(k -> "no %s '%s' is defined; did you mean '%s'?"
                        .formatted(kind, brief(name), k))
                .orElse("no %s '%s' is defined; add it".formatted(kind, brief(name))
                        + (kind.equals("service") ? " under services" : " under %ss at the top"
                                .formatted(kind)));
    }

    private static Optional<String> nearest(String word, Collection<String> known) {
        if (word.length() > 40) {
            return Optional.empty();
        }
        int most = Math.max(1, word.length() / 4);
        return known.stream()
                .filter(k -> Math.abs(k.length() - word.length()) <= most)
                .min(Comparator.comparingInt(k -> distance(word, k)))
                .filter(k -> distance(word, k) <= Math.max(most, isSwap(word, k) ? 2 : 0));
    }

    private static boolean isSwap(String a, String b) {
        return a.length() == b.length() && a.chars().sorted().boxed().toList()
                .equals(b.chars().sorted().boxed().toList());
    }

    /// Letters to insert, remove or change (Levenshtein), row by row.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
