package orrery.server.workspace.workspace;

import java.util.ArrayList;
import java.util.List;
import orrery.kit.kube.KubeExec;
import orrery.kit.kube.KubeView;

/// Runs programs inside a workspace that is up, as its person and in its home.
///
/// @param home where relative paths begin
public record WorkspaceShell(
        String workspace, KubeView cluster, String namespace, String home) {

    /// Starts a login shell on a terminal.
    public KubeExec terminal() {
        return exec(List.of("/bin/sh", "-c", """
                export TERM=xterm-256color
                cd
                if command -v bash >/dev/null; then exec bash -l; else exec sh -l; fi"""), true);
    }

    /// Starts a POSIX shell script without a terminal. The arguments are `$1`, `$2`, …; they are
    /// never part of the script's text, so no name can become a command.
    public KubeExec script(String script, String... arguments) {
        var command = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
        command.addAll(List.of(arguments));
        return exec(command, false);
    }

    private KubeExec exec(List<String> command, boolean tty) {
        return cluster.exec(namespace, workspace,
                new KubeView.ExecAsk(WorkspaceObjects.CONTAINER, command, true, tty));
    }
}
