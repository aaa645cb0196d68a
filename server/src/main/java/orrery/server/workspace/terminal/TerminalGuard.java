package orrery.server.workspace.terminal;

import jakarta.inject.Singleton;
import java.util.Map;
import orrery.kit.access.Grant;
import orrery.kit.http.UpgradeGuard;
import orrery.server.workspace.workspace.Workspaces;

/// Refuses a terminal in a workspace that is not there, or not up, while that is still an answer.
@Singleton
final class TerminalGuard implements UpgradeGuard {
    private final Workspaces workspaces;

    TerminalGuard(Workspaces workspaces) {
        this.workspaces = workspaces;
    }

    @Override
    public String path() {
        return TerminalApi.PATH;
    }

    @Override
    public void check(Grant grant, Map<String, String> parameters) {
        workspaces.shell(grant, parameters.get("workspace"));
    }
}
