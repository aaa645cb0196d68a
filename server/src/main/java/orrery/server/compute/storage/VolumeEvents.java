package orrery.server.compute.storage;

import java.util.Map;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;

/// What the event log says of volumes.
final class VolumeEvents {
    private VolumeEvents() {}

    static NewEvent of(String type, Volume about) {
        return of(type, about, "");
    }

    /// @param reason a sentence for people; empty when there is nothing to say
    static NewEvent of(String type, Volume about, String reason) {
        return new NewEvent(type, new Subject(Volumes.KIND, about.id()), about.project(),
                Map.of("name", about.name(), "region", about.region(), "reason", reason));
    }
}
