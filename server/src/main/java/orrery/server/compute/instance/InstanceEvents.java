package orrery.server.compute.instance;

import java.util.Locale;
import java.util.Map;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;

/// What the event log says of machines.
final class InstanceEvents {
    private InstanceEvents() {}

    static NewEvent of(String type, Instance about) {
        return of(type, about, "");
    }

    /// @param reason a sentence for people; empty when there is nothing to say
    static NewEvent of(String type, Instance about, String reason) {
        return new NewEvent(type, new Subject(Instances.KIND, about.id()), about.project(),
                Map.of("name", about.name(), "region", about.region(), "reason", reason));
    }

    static String text(Instance.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
