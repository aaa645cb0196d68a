package orrery.server.auth.openid;

import java.util.Set;
import orrery.server.auth.federation.ProvidersWorkspaceApi;

/// How the workspace family names our own sign-in pages, and other providers.
final class WorkspaceProviders {
    private static final Set<String> OURS =
            Set.of("idp.k8shell.io/file", "idp.k8shell.io/orrery");

    private WorkspaceProviders() {}

    /// What one of the others is called elsewhere.
    static String name(String provider) {
        return provider.startsWith(ProvidersWorkspaceApi.PREFIX)
                ? provider.substring(ProvidersWorkspaceApi.PREFIX.length()) : provider;
    }

    static boolean isOurs(String provider) {
        return OURS.contains(provider);
    }
}
