package orrery.server.platform.training;

import java.util.List;
import java.util.Optional;
import orrery.kit.Problem.Mistake;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;

/// The volumes of projects, as training jobs have them. What makes volumes knows what the platform
/// offers, and not the other way round: so it is asked by this.
public interface TrainingVolumes {
    /// @param claim name of the PersistentVolumeClaim that stands for it in the project's namespace
    record Taken(String id, String claim) {}

    /// Gives a volume to a job, which alone has it until [#free]. Doing so again changes nothing.
    ///
    /// @param training identifier of the job
    /// @param field that names the volume
    /// @param mistakes grows by what cannot be; whoever finds some takes everything back
    /// @return empty when there is none
    Optional<Taken> take(Tx tx, Scope project, String region, String training, String idOrName,
            String field, List<Mistake> mistakes);

    /// All that a job has is free. Doing so again changes nothing.
    void free(Tx tx, String training);
}
