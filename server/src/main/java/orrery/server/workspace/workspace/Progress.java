package orrery.server.workspace.workspace;

import orrery.server.workspace.workspace.Workspace.Status;

/// How far a job is, in percent. It never goes back.
final class Progress {
    static final int DONE = 100;

    private Progress() {}

    /// @param now where it is
    /// @param seen what was just seen of the workspace
    static int next(int now, Status seen) {
        return switch (seen) {
            case Running, Stopped -> DONE;
            case Pulling -> Math.max(now, 50);
            case Starting, Warning, Stopping, Terminating ->
                    now < 20 ? 20 : now < 40 ? 40 : now < 60 ? 60 : Math.max(now, 75);
            // It ends here, but did not arrive.
            case Failing, Error, Unknown -> now;
        };
    }
}
