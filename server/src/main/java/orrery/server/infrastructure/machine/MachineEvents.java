package orrery.server.infrastructure.machine;

import java.util.Locale;
import java.util.Map;
import orrery.kit.access.Scope;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;

/// What the event log says of servers.
final class MachineEvents {
    private MachineEvents() {}

    /// @param what `updated`
    /// @param reason a sentence for people; empty when there is nothing to say
    static NewEvent of(String what, Machine about, String reason) {
        return new NewEvent("server." + what, subject(about), scope(about),
                Map.of("name", about.name(), "region", about.region(), "reason", reason));
    }

    static Subject subject(Machine about) {
        return new Subject(Machines.KIND, about.id());
    }

    static Scope scope(Machine about) {
        return Scope.project(about.organizationId(), about.projectId());
    }

    static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
