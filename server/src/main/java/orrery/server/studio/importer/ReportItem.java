package orrery.server.studio.importer;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// What became of one key of the file.
///
/// @param key  the key's path: `services.web.ports[0]`
/// @param line where it stands, from 1
/// @param note what it became, how it differs, or why it was dropped
public record ReportItem(String key, int line, Outcome outcome, String note) {
    /// Everything it says holds, something near to it, or nothing.
    public enum Outcome {
        CONVERTED, APPROXIMATED, DROPPED;

        /// The word on the wire: `converted`.
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
