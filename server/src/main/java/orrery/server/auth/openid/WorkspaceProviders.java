package orrery.server.auth.openid;

import java.util.Set;

/// How the workspace family names our own sign-in pages.
final class WorkspaceProviders {
    private static final Set<String> OURS =
            Set.of("idp.k8shell.io/file", "idp.k8shell.io/orrery");

    private WorkspaceProviders() {}

    static boolean isOurs(String provider) {
        return OURS.contains(provider);
    }
}
