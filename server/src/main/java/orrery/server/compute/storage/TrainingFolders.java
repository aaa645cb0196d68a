package orrery.server.compute.storage;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import orrery.kit.Problem.Mistake;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.server.infrastructure.storage.Backend;
import orrery.server.platform.training.TrainingVolumes;

/// Volumes, for training jobs that read and write what is in them.
@Singleton
public final class TrainingFolders implements TrainingVolumes {
    private final Volumes volumes;

    public TrainingFolders(Volumes volumes) {
        this.volumes = volumes;
    }

    @Override
    public Optional<Taken> take(Tx tx, Scope project, String region, String training,
            String idOrName, String field, List<Mistake> mistakes) {
        var found = volumes.seek(tx, project, region, idOrName);
        if (found.isEmpty()) {
            mistakes.add(new Mistake(
                    field, "is no volume of this project in region " + region));
            return Optional.empty();
        }
        var volume = found.get();
        if (volume.medium() == Backend.Type.BLOCK) {
            mistakes.add(new Mistake(field, "has no files: choose a volume of a storage class that"
                    + " gives them"));
        } else if (!training.equals(volume.trainingId())) {
            if (volume.state() == Volume.State.AVAILABLE) {
                volumes.lend(tx, volume, training);
            } else {
                mistakes.add(new Mistake(
                        field, "is " + volume.state().text() + ": it must be available"));
            }
        }
        return Optional.of(new Taken(volume.id(), Volume.claim(volume.id())));
    }

    @Override
    public void free(Tx tx, String training) {
        volumes.returned(tx, training);
    }
}
