package orrery.server.iam.provider;

import java.util.List;

/// What came of trying a provider.
///
/// @param isReady whether people can be sent there now
public record Trial(boolean isReady, List<Check> checks) {
    public Trial {
        checks = List.copyOf(checks);
    }

    /// One thing that was looked at.
    ///
    /// @param message what was found, and where it was wrong what to do
    public record Check(String name, boolean passed, String message) {}
}
