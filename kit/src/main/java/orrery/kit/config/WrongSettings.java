package orrery.kit.config;

import java.util.List;

/// The settings are not ones to start with. It names every mistake, each with its way out.
public final class WrongSettings extends RuntimeException {
    private final transient List<String> mistakes;

    WrongSettings(List<String> mistakes) {
        super(String.join("\n", mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    /// One line for each.
    public List<String> mistakes() {
        return mistakes;
    }
}
