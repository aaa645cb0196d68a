package orrery.server.studio.importer;

import java.util.ArrayList;
import java.util.List;

/// Splits a command line into words as a POSIX shell would, without running anything: single
/// quotes keep all, double quotes keep blanks, a backslash keeps the next character.
final class ShellWords {
    private ShellWords() {}

    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean open = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                if (open) {
                    words.add(word.toString());
                    word.setLength(0);
                    open = false;
                }
                continue;
            }
            open = true;
            if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
                i++;
                escaped(word, line.charAt(i), quote);
            } else if (quote == c) {
                quote = 0;
            } else if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
            } else {
                word.append(c);
            }
        }
        if (quote != 0) {
            throw new Unreadable("'%s' has a quote %c that is not closed"
                    .formatted(Spelling.brief(line), quote));
        }
        if (open) {
            words.add(word.toString());
        }
        return words;
    }

    private static void escaped(StringBuilder word, char next, char quote) {
        if (quote == '"' && "\"\\$`\n".indexOf(next) < 0) {
            word.append('\\');
        }
        if (next != '\n') {
            word.append(next);
        }
    }
}
