package orrery.server.studio.importer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Guesses the key that a line of a broken file belongs to: the last one begun at or before it.
/// Only for messages; a file that can be read knows its keys exactly.
final class KeyFinder {
    private static final Pattern KEY =
            Pattern.compile("^[\\s-]{0,200}['\"]?([A-Za-z0-9_.$/-]{1,100})['\"]?\\s{0,10}:");
    private static final int LINES_BACK = 200;

    private KeyFinder() {}

    static String before(String text, int line) {
        String[] lines = text.lines().limit(line).toArray(String[]::new);
        for (int i = lines.length - 1; i >= Math.max(0, lines.length - LINES_BACK); i--) {
            Matcher key = KEY.matcher(lines[i].substring(0, Math.min(400, lines[i].length())));
            if (key.find()) {
                return key.group(1);
            }
        }
        return "";
    }
}
