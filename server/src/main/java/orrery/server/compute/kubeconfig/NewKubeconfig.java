package orrery.server.compute.kubeconfig;

import orrery.kit.Mistakes;
import orrery.kit.Slug;
import org.jspecify.annotations.Nullable;

/// A kubeconfig that somebody asks for.
///
/// @param name `null` for one of ours
/// @param user identifier of the user it is for; `null` for the caller
/// @param role `null` for the most that the caller may have
/// @param ttlSeconds the cluster may make it shorter
public record NewKubeconfig(
        @Nullable String name,
        @Nullable String user,
        Kubeconfig.@Nullable Role role,
        int ttlSeconds) {
    static final int STANDARD_TTL = 3_600;
    private static final int SHORTEST = 600;
    private static final int LONGEST = 30 * 86_400;

    public NewKubeconfig {
        Slug.check(new Mistakes(), "name", name)
                .unless(ttlSeconds >= SHORTEST && ttlSeconds <= LONGEST, "ttl",
                        "must be " + SHORTEST + " to " + LONGEST + " seconds")
                .orRefuse();
    }
}
