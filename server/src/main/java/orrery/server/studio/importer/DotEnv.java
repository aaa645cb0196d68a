package orrery.server.studio.importer;

import java.util.LinkedHashMap;
import java.util.Map;

/// A file of `NAME=value` lines, as `.env` and `env_file` are: comments, `export`, single quotes
/// that keep all, double quotes that know `\n`.
public final class DotEnv {
    private DotEnv() {}

    /// The variables in order; lines without a name are skipped.
    public static Map<String, String> parse(String text) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String raw : text.split("\\R")) {
            String line = raw.strip();
            if (line.startsWith("export ")) {
                line = line.substring("export ".length()).strip();
            }
            int equals = line.indexOf('=');
            if (!line.startsWith("#") && equals > 0) {
                variables.put(line.substring(0, equals).strip(),
                        value(line.substring(equals + 1).strip()));
            }
        }
        return variables;
    }

    private static String value(String text) {
        if (text.length() >= 2 && text.charAt(0) == '\'') {
            int end = text.indexOf('\'', 1);
            return end < 0 ? text : text.substring(1, end);
        }
        if (text.length() >= 2 && text.charAt(0) == '"') {
            int end = text.indexOf('"', 1);
            return end < 0 ? text : text.substring(1, end)
                    .replace("\\n", "\n").replace("\\t", "\t");
        }
        int comment = text.indexOf(" #");
        return comment < 0 ? text : text.substring(0, comment).strip();
    }
}
