package orrery.server.compute.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.kube.Kind;
import orrery.server.compute.storage.Claim.Verdict;
import orrery.server.tenancy.region.Settles;

/// Brings what we say of volumes and what their claims say together: one that somebody else
/// deleted, or that lost what stood behind it.
@Singleton
final class SettleVolumes implements Settles {
    private final Management management;
    private final Lifecycle lifecycle;
    private final Database database;

    SettleVolumes(Management management, Lifecycle lifecycle, Database database) {
        this.management = management;
        this.lifecycle = lifecycle;
        this.database = database;
    }

    @Override
    public Kind kind() {
        return VolumeClaims.CLAIM;
    }

    @Override
    public String label() {
        return VolumeClaims.VOLUME;
    }

    @Override
    public List<String> alive(Grant grant, String region) {
        return lifecycle.alive(grant, region);
    }

    @Override
    public Collection<String> news(Grant grant, Map<String, ObjectNode> objects) {
        return objects.entrySet().stream()
                .filter(it -> Claim.of(it.getValue()).verdict() == Verdict.LOST)
                .map(Map.Entry::getKey).toList();
    }

    @Override
    public Map<String, Instant> over(Grant grant, String region, Collection<String> ids) {
        return lifecycle.all(grant, ids).stream()
                .filter(it -> it.deletedAt() != null && it.region().equals(region))
                .collect(Collectors.toMap(Volume::id, Volume::deletedAt));
    }

    /// One that we do not know bears our label: another server shares the region.
    @Override
    public boolean look(Grant grant, String id) {
        return lifecycle.all(grant, List.of(id)).stream()
                .allMatch(volume -> switch (volume.state()) {
                    case AVAILABLE, INUSE -> settle(grant, volume);
                    case CREATING, RESIZING -> false;
                    case FAILED, DELETING, DELETED -> true;
                });
    }

    private boolean settle(Grant grant, Volume volume) {
        // Asked first: what a run has just changed is not compared with what was before.
        boolean isSettled = database.read(grant, tx -> lifecycle.isSettled(tx, volume));
        if (!isSettled) {
            return false;
        }
        return reason(volume, management.claim(grant, volume))
                .map(it -> database.tx(grant, tx -> lifecycle.settled(tx, volume, it)))
                .orElse(true);
    }

    /// Empty while all is well, or it is not gone yet.
    private static Optional<String> reason(Volume volume, Optional<Claim> claim) {
        if (claim.isEmpty()) {
            return Optional.of("Its PersistentVolumeClaim is gone from region "
                    + volume.region() + "; delete it and make another.");
        }
        return claim.get().verdict() == Verdict.LOST ? Optional.of("What stood behind its"
                + " PersistentVolumeClaim is gone from region " + volume.region()
                + "; delete it and make another.") : Optional.empty();
    }
}
