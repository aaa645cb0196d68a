package orrery.server.platform.inference;

import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.kube.KubeTarget;

/// The clusters of projects, as far as models are served there instead of on their region's
/// management cluster. What makes clusters knows what the platform offers, and not the other way
/// round: so it is asked by this.
public interface ServingClusters {
    /// The identifier of a cluster of the grant's project and a region that runs.
    ///
    /// @param idOrName as a body says it in its field `clusterId`
    /// @throws Problem.Failure [Problem.Unprocessable] where there is none,
    ///     [Problem.IllegalTransition] while it cannot be reached
    String running(Grant grant, String region, String idOrName);

    /// How it is reached.
    ///
    /// @param id its identifier
    /// @return empty when it is gone, or about to go, with all that stands on it
    Optional<KubeTarget> target(Grant grant, String id);
}
